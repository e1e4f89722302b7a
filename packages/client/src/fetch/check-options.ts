import { TetherError } from '../base/errors.js'
import type { ListChangePolicy } from '../recovery/list-comparisons.js'
import type { ReplayPolicy } from '../recovery/replay-decision.js'
import type { SessionRecoveryOptions } from './options.js'

const defaults = { recoveryTimeout: 30_000, outageBudget: 30_000, authorizationTimeout: 30_000, maxSessions: 10_000 }

const replayPolicies: readonly ReplayPolicy[] = ['on-rejection', 'hinted', 'never']
const listChangePolicies: readonly ListChangePolicy[] = ['declared', 'always', 'never']

/** Longer delays overflow the platform's timers and fire at once. */
const maxDelayMs = 2 ** 31 - 1

/** The numbers among the options, checked and complete. Throws {@link TetherError} `invalid_option`. */
export function checkOptions(options: SessionRecoveryOptions): typeof defaults {
  const { recoveryTimeout, outageBudget, authorizationTimeout, maxSessions } = { ...defaults, ...defined(options) }
  check('recoveryTimeout', recoveryTimeout, 1, maxDelayMs)
  check('outageBudget', outageBudget, 0, maxDelayMs)
  check('authorizationTimeout', authorizationTimeout, 1, maxDelayMs)
  check('maxSessions', maxSessions, 1, Number.MAX_SAFE_INTEGER)
  checkChoice('replay', options.replay, replayPolicies)
  checkChoice('announceListChanges', options.announceListChanges, listChangePolicies)
  return { recoveryTimeout, outageBudget, authorizationTimeout, maxSessions }
}

function checkChoice(name: keyof SessionRecoveryOptions, value: unknown, choices: readonly unknown[]): void {
  if (value === undefined || choices.includes(value)) return
  const given = typeof value === 'string' ? `'${value}'` : typeof value
  throw new TetherError('invalid_option', `${name}: expected one of ${choices.join(', ')}, was given ${given}.`)
}

function defined(options: SessionRecoveryOptions): Partial<typeof defaults> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

function check(name: keyof typeof defaults, value: unknown, min: number, max: number): void {
  if (typeof value === 'number' && value >= min && value <= max) return
  const given = typeof value === 'number' ? String(value) : typeof value
  throw new TetherError(
    'invalid_option',
    `${name}: expected a number from ${String(min)} to ${String(max)}, was given ${given}. Leave it out for ${String(defaults[name])}.`,
  )
}
