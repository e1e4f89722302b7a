/** One figure that was measured. */
export interface Finding {
  readonly what: string
  readonly measured: number
  readonly unit: 'µs' | 'times' | 'POSTs' | 'KiB'
  /** What it must not exceed, or must equal for a count. Absent where the figure is for information. */
  readonly target?: number
  /** The middle half of the single values. */
  readonly spread?: readonly [number, number]
  /** True for a count that is either right or wrong, whatever the machine does meanwhile. */
  readonly isExact?: boolean
}

export type Verdict = 'ok' | 'over' | 'wrong' | ''

export function verdictOf({ measured, target, isExact = false }: Finding): Verdict {
  if (target === undefined) return ''
  if (isExact) return measured === target ? 'ok' : 'wrong'
  return measured <= target ? 'ok' : 'over'
}

/** 1 when a count is wrong, or, if strict, when a figure is over its target. */
export function exitCodeOf(findings: readonly Finding[], strict: boolean): 0 | 1 {
  const verdicts = findings.map(verdictOf)
  return verdicts.includes('wrong') || (strict && verdicts.includes('over')) ? 1 : 0
}
