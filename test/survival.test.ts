import { readFileSync } from 'node:fs'
import { canPlay, runScenario, scenarios } from '@mcp-tether/survival'
import { describe, expect, it } from 'vitest'
import { recoveringFaces } from '../scripts/survival/src/faces.js'

/** Every promise, as a scenario, kept by every face that can play it. */
for (const { name, make, skipped } of recoveringFaces) {
  // Most of a scenario is waiting.
  describe.skipIf(skipped !== undefined).concurrent(`${name}${skipped === undefined ? '' : ` (${skipped})`}`, () => {
    const playable = skipped === undefined ? scenarios.filter((scenario) => canPlay(make(), scenario)) : []
    it.each(playable)('$name: $title', async (scenario) => {
      const report = await runScenario(make(), scenario)
      expect(report.passed, [report.verdict, ...report.reasons, 'on the wire:', report.wire].join('\n')).toBe(true)
    })
    if (playable.length === 0) it('is not played here', () => undefined)
  })
}

it('docs/survival.md tells of every scenario that there is, and of no other', () => {
  const page = readFileSync(new URL('../docs/survival.md', import.meta.url), 'utf8')
  const listed = [...page.matchAll(/^\| `([a-z0-9-]+)` \| (.*?) \| [✓–a-z]/gm)].map(([, name, title]) => [name, title])
  const existing = scenarios.map(({ name, title }) => [name, title])
  expect(listed.sort(), 'run: npm run survival').toEqual(existing.sort())
})
