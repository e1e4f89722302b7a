import { TetherError } from '../base/errors.js'
import type { ListChangePolicy } from '../recovery/list-comparisons.js'
import type { ReplayPolicy } from '../recovery/replay-decision.js'
import type { ThrottleSettings } from '../recovery/throttle.js'
import type { SessionRecoveryOptions } from './options.js'

/** Longer delays overflow the platform's timers and fire at once. */
const maxDelayMs = 2 ** 31 - 1
const maxCount = Number.MAX_SAFE_INTEGER

/** What a number may be. */
interface Bounds {
  readonly value: number
  readonly min: number
  readonly max: number
}

const numbers = {
  recoveryTimeout: { value: 30_000, min: 1, max: maxDelayMs },
  outageBudget: { value: 30_000, min: 0, max: maxDelayMs },
  stallTimeout: { value: 0, min: 0, max: maxDelayMs },
  authorizationTimeout: { value: 30_000, min: 1, max: maxDelayMs },
  maxSessions: { value: 10_000, min: 1, max: maxCount },
  sessionIdleTimeout: { value: 86_400_000, min: 1, max: maxCount },
  maxBackgroundRecoveries: { value: 10, min: 1, max: maxCount },
} satisfies Record<string, Bounds>

const throttling = {
  maxTokens: { value: 10, min: 1, max: maxCount },
  tokensPerSuccess: { value: 1, min: 0, max: maxCount },
  pause: { value: 5_000, min: 1, max: maxDelayMs },
} satisfies Record<string, Bounds>

const replayPolicies: readonly ReplayPolicy[] = ['on-rejection', 'hinted', 'never']
const listChangePolicies: readonly ListChangePolicy[] = ['declared', 'always', 'never']

export type CheckedOptions = Readonly<Record<keyof typeof numbers, number>> & { readonly throttling: ThrottleSettings }

/** The numbers among the options, checked and complete. Throws {@link TetherError} `invalid_option`. */
export function checkOptions(options: SessionRecoveryOptions): CheckedOptions {
  checkChoice('replay', options.replay, replayPolicies)
  checkChoice('announceListChanges', options.announceListChanges, listChangePolicies)
  const { pause, ...throttle } = checked(throttling, options.recoveryThrottling ?? {}, 'recoveryThrottling.')
  return { ...checked(numbers, options, ''), throttling: { ...throttle, pauseMs: pause } }
}

function checkChoice(name: keyof SessionRecoveryOptions, value: unknown, choices: readonly unknown[]): void {
  if (value === undefined || choices.includes(value)) return
  const given = typeof value === 'string' ? `'${value}'` : typeof value
  throw new TetherError('invalid_option', `${name}: expected one of ${choices.join(', ')}, was given ${given}.`)
}

function checked<Name extends string>(
  all: Readonly<Record<Name, Bounds>>,
  given: Partial<Record<NoInfer<Name>, unknown>>,
  prefix: string,
): Record<Name, number> {
  const names = Object.keys(all) as Name[]
  return Object.fromEntries(
    names.map((name) => [name, checkNumber(prefix + name, given[name], all[name])]),
  ) as unknown as Record<Name, number>
}

function checkNumber(name: string, given: unknown, { value, min, max }: Bounds): number {
  if (given === undefined) return value
  if (typeof given === 'number' && given >= min && given <= max) return given
  const what = typeof given === 'number' ? String(given) : typeof given
  throw new TetherError(
    'invalid_option',
    `${name}: expected a number from ${String(min)} to ${String(max)}, was given ${what}. Leave it out for ${String(value)}.`,
  )
}
