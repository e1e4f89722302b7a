/**
 * Parts of the engine that a simulation can leave out: what belongs to a part that is off is neither generated nor
 * judged.
 */
export interface Features {
  /** Call streams are cut, and have to be resumed or answered. */
  readonly callStreams: boolean
  /** Servers ask clients, and the answers must reach the question they are for. */
  readonly questions: boolean
  /** The standalone stream has to survive its upstream. */
  readonly standalone: boolean
  /** Log level and subscriptions have to be said again to a new session. */
  readonly restore: boolean
  /** A question whose epoch died has to be withdrawn. Needs `questions`. */
  readonly withdrawals: boolean
}

export const allFeatures: Features = {
  callStreams: true,
  questions: true,
  standalone: true,
  restore: true,
  withdrawals: true,
}

/** Features by their names. Throws an Error that lists them when one is not known. */
export function featuresNamed(names: readonly string[]): Features {
  const known = Object.keys(allFeatures)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) throw new Error(`"${unknown}" is no feature. There are: ${known.join(', ')}.`)
  return Object.fromEntries(known.map((name) => [name, names.includes(name)])) as unknown as Features
}
