import { canPlay, runScenario, scenarios } from '@mcp-tether/survival'
import { describe, expect, it } from 'vitest'
import { rawFaces } from '../scripts/survival/src/faces.js'

const officialSdks = [
  'stream-ends-resumed',
  'stream-reset-resumed',
  'stream-cut-within-an-event-resumed',
  'stream-twice-resumed',
  'stream-crlf-resumed',
  'stream-half-an-event-is-not-shown',
  'stream-polling-server',
  'stream-retry-honoured',
  'stream-resumption-409-first',
  'stream-resumption-503-first',
  'stream-resumption-502-first',
  'stream-resumption-reset-first',
  'standalone-end',
  'standalone-cut',
  'standalone-503',
  'standalone-502',
  'standalone-409',
  'standalone-reset',
  'standalone-retry',
  'standalone-last-event-id',
  'auth-401-on-a-live-session',
  'auth-nobody-can-sign-in',
]

/**
 * Without recovery a client must fail whatever loses a session, and pass the controls: a runner that can't fail proves
 * nothing. What single clients do better than that by themselves is listed here, so that nothing changes unseen.
 */
const passedAllTheSame: Readonly<Record<string, readonly string[]>> = {
  // Both resume streams that have event ids, a few times, and sign in by themselves.
  'SDK v1 alone': officialSdks,
  // It takes a session id from the answer to initialize only.
  'SDK v2 alone': [...officialSdks, 'foreign-id-on-an-ordinary-error'],
  // Its close() swallows what DELETE is answered.
  'ai-sdk alone': ['delete-of-a-lost-session', 'auth-401-on-a-live-session', 'auth-nobody-can-sign-in'],
}

/** And what single clients do worse. */
const failedAllTheSame: Readonly<Record<string, readonly string[]>> = {
  // It forgets its session when any GET is answered 404.
  'ai-sdk alone': ['get-404-on-a-live-session'],
}

for (const { name, make, skipped } of rawFaces) {
  describe.skipIf(skipped !== undefined).concurrent(`${name}${skipped === undefined ? '' : ` (${skipped})`}`, () => {
    const playable = skipped === undefined ? scenarios.filter((scenario) => canPlay(make(), scenario)) : []
    for (const scenario of playable) {
      const passes =
        (scenario.control === true && failedAllTheSame[name]?.includes(scenario.name) !== true) ||
        passedAllTheSame[name]?.includes(scenario.name) === true
      it(`${passes ? 'passes' : 'fails'} ${scenario.name}`, async () => {
        const report = await runScenario(make(), scenario, { deadlineMs: 6000 })
        expect(report.passed, `${report.verdict}\n${report.reasons.join('\n')}\n${report.wire}`).toBe(passes)
        // A loss reaches the caller as an error, as another's answer, or never; it makes no client crash or act twice.
        if (!passes) expect(['leaked', 'wrong', 'hang']).toContain(report.verdict)
      })
    }
    if (playable.length === 0) it('is not played here', () => undefined)
  })
}
