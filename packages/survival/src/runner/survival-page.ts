import { promises } from '../scenarios/promises.js'
import type { Scenario } from '../scenarios/scenario.js'
import { matrix, tableRow } from './matrix.js'
import type { MatrixFace, Told } from './matrix.js'

/** A face on the page. */
export interface PageFace extends MatrixFace {
  /** How the heading of its column is explained. */
  readonly about: string
  /** Why it was not played, if it was not. */
  readonly skipped?: string
}

const legend = [
  '- **✓**: everything was as it should be: answers, errors, executions counted on the server, and what went over the wire',
  '- **–**: the client can’t do what the scenario needs, so it is not played',
  '- **leaked**: the caller was shown the loss as an error',
  '- **wrong**: something else was not as it should be',
  '- **hang**: a call had no outcome in time',
  '- **duplicate**: a tool ran more often than it was allowed to',
  '- **crash**: the client died',
].join('\n')

/**
 * The page that tells which client comes through which scenario, as Markdown: totals, then one table for each promise.
 * The same reports make the same page, in whatever order they come.
 */
export function survivalPage(
  scenarios: readonly Pick<Scenario, 'name' | 'title' | 'promise'>[],
  reports: readonly Told[],
  faces: readonly PageFace[],
): string {
  const played = faces.filter(({ skipped }) => skipped === undefined)
  const sections = Object.entries(promises).flatMap(([promise, sentence]) => {
    const own = scenarios.filter((scenario) => scenario.promise === promise)
    return own.length === 0 ? [] : [`## ${promise}\n\n${sentence}\n\n${matrix(own, reports, played)}`]
  })
  return [
    '# What survives\n',
    'Each scenario is played by real clients against a server whose every byte is scripted, and judged by what happened on',
    'both sides. This page is written by `npm run survival`; what a single scenario looks like on the wire is shown by',
    '`npm run survival -- --scenario <name>`.\n',
    `${totals(scenarios, reports, faces)}\n`,
    `${legend}\n`,
    ...sections,
  ].join('\n')
}

function totals(scenarios: readonly unknown[], reports: readonly Told[], faces: readonly PageFace[]): string {
  const rows = faces.map(({ name, heading, about, skipped }) => {
    const own = reports.filter(({ face }) => face === name)
    const passed = own.filter((report) => report.passed).length
    const count = skipped === undefined ? `${String(passed)} of ${String(own.length)}` : `not played: ${skipped}`
    return tableRow([`**${heading ?? name}**`, about, count])
  })
  return [
    `There are ${String(scenarios.length)} scenarios.\n`,
    tableRow(['column', 'client', 'came through']),
    tableRow(['---', '---', '---']),
    ...rows,
  ].join('\n')
}
