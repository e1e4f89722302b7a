import type { Scenario } from '../scenarios/scenario.js'
import type { Report } from './run-scenario.js'

/** A Markdown table: one row for each scenario, one column for each face, `–` where a face can't play. */
export function matrix(scenarios: readonly Pick<Scenario, 'name' | 'promise'>[], reports: readonly Report[]): string {
  const faces = [...new Set(reports.map(({ face }) => face))]
  const rows = scenarios.map(({ name, promise }) => {
    const cells = faces.map((face) => {
      const report = reports.find((candidate) => candidate.scenario === name && candidate.face === face)
      if (!report) return '–'
      return report.passed ? report.verdict : `**${report.verdict}**`
    })
    return row([`\`${name}\``, promise, ...cells])
  })
  return [
    row(['scenario', 'promise', ...faces]),
    row(Array(faces.length + 2).fill('---') as string[]),
    ...rows,
    '',
  ].join('\n')
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}
