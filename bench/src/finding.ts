/** One figure that was measured. */
export interface Finding {
  readonly what: string
  readonly measured: number
  readonly unit: 'µs' | 'times' | 'POSTs' | 'KiB' | 'round trips' | 'bytes' | 'MiB' | '/s'
  /** What it must not exceed, or must equal for a count. Absent where the figure is for information. */
  readonly target?: number
  /** True where the target is what it must reach at least. */
  readonly isFloor?: boolean
  /** The middle half of the single values. */
  readonly spread?: readonly [number, number]
  /** True for a count that is either right or wrong, whatever the machine does meanwhile. */
  readonly isExact?: boolean
}

export type Verdict = 'ok' | 'over' | 'under' | 'wrong' | ''

export function verdictOf({ measured, target, isExact = false, isFloor = false }: Finding): Verdict {
  if (target === undefined) return ''
  if (isExact) return measured === target ? 'ok' : 'wrong'
  if (isFloor) return measured >= target ? 'ok' : 'under'
  return measured <= target ? 'ok' : 'over'
}

/** 1 when a count is wrong, or, if strict, when a figure misses its target. */
export function exitCodeOf(findings: readonly Finding[], strict: boolean): 0 | 1 {
  const verdicts = findings.map(verdictOf)
  return verdicts.includes('wrong') || (strict && (verdicts.includes('over') || verdicts.includes('under'))) ? 1 : 0
}
