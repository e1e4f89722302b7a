import { canPlay, runScenario, scenarios } from '@mcp-tether/survival'
import { describe, expect, it } from 'vitest'
import { rawFaces } from '../scripts/survival/src/faces.js'

/**
 * Without recovery a client must fail whatever loses a session, and pass the controls: a runner that can't fail proves
 * nothing. What single clients do better than that by themselves is listed here, so that nothing changes unseen.
 */
const passedAllTheSame: Readonly<Record<string, readonly string[]>> = {
  // Takes a session id from the answer to initialize only.
  'SDK v2': ['foreign-id-on-an-ordinary-error'],
  // Its close() swallows what DELETE is answered.
  'ai-sdk': ['delete-of-a-lost-session'],
}

for (const { name, make, skipped } of rawFaces) {
  describe.skipIf(skipped !== undefined)(
    `${name} without recovery${skipped === undefined ? '' : ` (${skipped})`}`,
    () => {
      const playable = skipped === undefined ? scenarios.filter((scenario) => canPlay(make(), scenario)) : []
      for (const scenario of playable) {
        const passes = scenario.control === true || passedAllTheSame[name]?.includes(scenario.name) === true
        it(`${passes ? 'passes' : 'fails'} ${scenario.name}`, async () => {
          const report = await runScenario(make(), scenario, { deadlineMs: 5000 })
          expect(report.passed, `${report.verdict}\n${report.reasons.join('\n')}\n${report.wire}`).toBe(passes)
          // A loss reaches the caller as an error or as another's answer; it makes no client crash or act twice. One
          // that comes as an event which is no JSON-RPC leaves the caller waiting.
          const failures = scenario.name === 'loss-200-keryx' ? ['leaked', 'wrong', 'hang'] : ['leaked', 'wrong']
          if (!passes) expect(failures).toContain(report.verdict)
        })
      }
      if (playable.length === 0) it('is not played here', () => undefined)
    },
  )
}
