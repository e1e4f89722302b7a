import { canPlay, runScenario, scenarios } from '@mcp-tether/survival'
import { describe, expect, it } from 'vitest'
import { recoveringFaces } from '../scripts/survival/src/faces.js'

/** Every promise, as a scenario, kept by every face that can play it. */
for (const { name, make, skipped } of recoveringFaces) {
  describe.skipIf(skipped !== undefined)(`${name}${skipped === undefined ? '' : ` (${skipped})`}`, () => {
    const playable = skipped === undefined ? scenarios.filter((scenario) => canPlay(make(), scenario)) : []
    it.each(playable)('$name: $title', async (scenario) => {
      const report = await runScenario(make(), scenario)
      expect(report.passed, [report.verdict, ...report.reasons, 'on the wire:', report.wire].join('\n')).toBe(true)
    })
    if (playable.length === 0) it('is not played here', () => undefined)
  })
}
