/**
 * From so many new sessions in a row that died before anything was answered on them, it is no accident any more: one can
 * die with a process that is being replaced, a second one with the last old replica of a rolling update.
 */
const maxUnproven = 3

export interface NeverLasting {
  readonly code: 'sessions_never_last'
  /** How many in a row. */
  readonly sessions: number
}

/**
 * What a loss means after so many others.
 * @param unproven upstream sessions made in a row, since the last success, on which nothing was ever answered
 */
export function neverLasting(unproven: number): NeverLasting | undefined {
  return unproven >= maxUnproven ? { code: 'sessions_never_last', sessions: unproven } : undefined
}
