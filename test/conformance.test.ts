import { describe, expect, it } from 'vitest'
import { verdictsOn, whyNoSuite, type Sdk, type Verdicts } from './conformance/suite.js'

/*
 * The client scenarios of the official suite (`@modelcontextprotocol/conformance`), with and without the middleware: the
 * same verdicts, check by check. All of its scenarios run on loopback only, so that none is left out for want of a net.
 */

const parts = [
  // Alone, because it is about time, and the suites run everything at once.
  ['--scenario', 'sse-retry'],
  ['--scenario', 'initialize'],
  ['--scenario', 'tools_call'],
  ['--scenario', 'elicitation-sep1034-client-defaults'],
  ['--suite', 'auth'],
  ['--suite', 'backcompat'],
  ['--suite', 'draft'],
  ['--suite', 'extensions'],
] as const

/** What the SDKs fail by themselves: with us they must not do better either. */
const failing: Readonly<Record<Sdk, readonly string[]>> = {
  // It does not know that grant (SEP-990).
  v1: ['auth/cross-app-access-complete-flow'],
  // It refuses an authorization server whose metadata names another issuer than the URL it was found at.
  v2: ['auth/2025-03-26-oauth-metadata-backcompat'],
}

const longest = 300_000

describe.each(['v1', 'v2'] as const)('SDK %s in the conformance suite', (sdk) => {
  it.skipIf(whyNoSuite)(
    'gets the same verdicts with and without the middleware',
    async ({ skip }) => {
      if (whyNoSuite) skip(whyNoSuite)
      const bare: Record<string, Verdicts[string]> = {}
      const recovering: Record<string, Verdicts[string]> = {}
      for (const part of parts) {
        Object.assign(bare, await verdictsOn(sdk, 'bare', part))
        Object.assign(recovering, await verdictsOn(sdk, 'recovering', part))
      }
      expect(recovering).toEqual(bare)
      expect(Object.keys(bare).length).toBeGreaterThanOrEqual(26)
      const fails = (verdicts: readonly string[]) => verdicts.some((line) => line.endsWith(': FAILURE'))
      expect(Object.keys(bare).filter((scenario) => fails(bare[scenario] ?? []))).toEqual(failing[sdk])
    },
    longest,
  )
})
