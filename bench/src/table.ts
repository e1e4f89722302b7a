import { verdictOf, type Finding } from './finding.js'

const decimals: Readonly<Record<Finding['unit'], number>> = {
  µs: 1,
  times: 3,
  POSTs: 0,
  KiB: 2,
  'round trips': 0,
  bytes: 0,
  MiB: 1,
  '/s': 0,
}

/** The findings for human eyes: a line each, in columns. */
export function tableOf(findings: readonly Finding[]): string {
  const rows = [['', 'target', 'measured', ''], ...findings.map(rowOf)]
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function rowOf(finding: Finding): string[] {
  const { what, measured, unit, target, spread, isExact = false, isFloor = false } = finding
  const figure = (value: number): string => value.toFixed(decimals[unit])
  const goal = target === undefined ? '' : `${isExact ? '=' : isFloor ? '>=' : '<='} ${String(target)} ${unit}`
  const range = spread ? ` (${spread.map(figure).join(' to ')})` : ''
  return [what, goal, `${figure(measured)} ${unit}${range}`, verdictOf(finding)]
}
