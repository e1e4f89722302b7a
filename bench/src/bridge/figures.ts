import { median, middleHalf } from '../statistics.js'
import type { Contestant } from './contestants.js'
import type { Measured } from './measure-round.js'

/** One contestant's figure of one kind, over all rounds. */
export interface Figure {
  readonly contestant: string
  readonly what: keyof Measured
  /** The median of the rounds, in the unit of {@link Measured}. */
  readonly value: number
  /** To the peer's of the same round: the median, and the middle half of the rounds. */
  readonly ratio: number
  readonly spread: readonly [number, number]
  readonly target?: Target
}

export interface Target {
  readonly than: 'at most' | 'at least'
  readonly ratio: number
}

interface Kind {
  readonly title: string
  readonly unit: string
  readonly target?: Target
}

const kinds: Readonly<Record<keyof Measured, Kind>> = {
  start: { title: 'start to first tools/list', unit: 'ms', target: { than: 'at most', ratio: 0.33 } },
  latency: { title: 'latency of a call', unit: 'ms', target: { than: 'at most', ratio: 0.4 } },
  throughput: { title: 'calls in a second, 32 callers', unit: '/s', target: { than: 'at least', ratio: 3 } },
  memory: { title: 'resident memory, 3,000 calls', unit: 'MiB', target: { than: 'at most', ratio: 0.42 } },
  idleMemory: { title: 'resident memory, idle', unit: 'MiB' },
  startCpu: { title: 'processor time of the start', unit: 'ms' },
  callCpu: { title: 'processor time of a call', unit: 'ms' },
}

/** The figures of everybody beside those of the peer; the targets are those of `ours`. */
export function figuresOf(
  rounds: readonly ReadonlyMap<Contestant, Measured>[],
  { ours, peer, others }: { ours: Contestant; peer: Contestant; others: readonly Contestant[] },
): Figure[] {
  return (Object.keys(kinds) as (keyof Measured)[]).flatMap((what) =>
    [ours, ...others].map((contestant) => {
      const valuesOf = (whose: Contestant): number[] => rounds.map((round) => round.get(whose)?.[what] ?? Number.NaN)
      const own = valuesOf(contestant)
      const ratios = valuesOf(peer).map((value, index) => (own[index] ?? Number.NaN) / value)
      const { target } = kinds[what]
      return {
        contestant: contestant.name,
        what,
        value: median(own),
        ratio: median(ratios),
        spread: middleHalf(ratios),
        ...(contestant === ours && target ? { target } : {}),
      }
    }),
  )
}

export function meetsTarget({ ratio, target }: Figure): boolean | undefined {
  if (!target) return undefined
  return target.than === 'at most' ? ratio <= target.ratio : ratio >= target.ratio
}

/** The figures for human eyes: a line each, in columns. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = [['', '', '', 'to mcp-remote', 'target', ''], ...figures.map(rowOf)]
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function rowOf(figure: Figure): string[] {
  const { contestant, what, value, ratio, spread, target } = figure
  const { title, unit } = kinds[what]
  const goal = target ? `${target.than === 'at most' ? '<=' : '>='} ${target.ratio.toFixed(2)}` : ''
  const verdict = { true: 'ok', false: 'missed', undefined: '' }[String(meetsTarget(figure)) as 'true']
  const range = spread.map((end) => end.toFixed(3)).join(' to ')
  return [title, contestant, `${value.toPrecision(3)} ${unit}`, `${ratio.toFixed(3)} (${range})`, goal, verdict]
}
