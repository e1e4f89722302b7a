import { describe, expect, it } from 'vitest'
import { listServerScenarios, verdictsOfServer, whyNoSuite } from './conformance/suite.js'

/*
 * The server scenarios of the official suite (`@modelcontextprotocol/conformance`), against `examples/conformance-server`
 * with and without persistent sessions: the same verdicts, check by check, also when its process is killed before each scenario.
 */

const longest = 400_000

describe.each(['v1', 'v2'] as const)('a server of SDK %s in the conformance suite', (sdk) => {
  it.skipIf(whyNoSuite)(
    'gets the same verdicts with and without persistent sessions, and killed between the scenarios',
    async ({ skip }) => {
      if (whyNoSuite) skip(whyNoSuite)
      const bare = await verdictsOfServer(sdk, 'bare')
      const wanted = (await listServerScenarios()).map((name) => `server-${name}`)
      expect(Object.keys(bare).sort()).toEqual(wanted.sort())
      const fails = (verdicts: readonly string[]) => verdicts.some((line) => line.endsWith(': FAILURE'))
      expect(Object.keys(bare).filter((scenario) => fails(bare[scenario] ?? []))).toEqual([])
      expect(await verdictsOfServer(sdk, 'persistent')).toEqual(bare)
      expect(await verdictsOfServer(sdk, 'killed')).toEqual(bare)
    },
    longest,
  )
})
