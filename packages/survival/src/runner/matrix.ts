import type { Scenario } from '../scenarios/scenario.js'
import type { Report } from './run-scenario.js'

/** What the matrix needs of a report. */
export type Told = Pick<Report, 'scenario' | 'face' | 'verdict' | 'passed'>

/** A column. */
export interface MatrixFace {
  /** Of the reports. */
  readonly name: string
  /** @default the name */
  readonly heading?: string
}

/**
 * A Markdown table: one row for each scenario, one column for each face. `✓`: came through; `–`: is not played on this
 * face; else the verdict.
 * @param faces in which order @default as they are met in the reports
 */
export function matrix(
  scenarios: readonly Pick<Scenario, 'name' | 'title'>[],
  reports: readonly Told[],
  faces: readonly MatrixFace[] = [...new Set(reports.map(({ face }) => face))].map((name) => ({ name })),
): string {
  const rows = scenarios.map(({ name, title }) => {
    const cells = faces.map(({ name: face }) => {
      const report = reports.find((candidate) => candidate.scenario === name && candidate.face === face)
      if (!report) return '–'
      return report.passed ? '✓' : report.verdict
    })
    return tableRow([`\`${name}\``, title, ...cells])
  })
  const headings = faces.map(({ name, heading }) => heading ?? name)
  return [
    tableRow(['scenario', 'what it is about', ...headings]),
    tableRow(['---', '---', ...headings.map(() => ':-:')]),
    ...rows,
    '',
  ].join('\n')
}

/** One row of a Markdown table. */
export function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}
