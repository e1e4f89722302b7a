import { TetherError } from '../base/errors.js'
import type { ReplayPolicy } from '../recovery/replay-decision.js'
import type { SessionRecoveryOptions } from './options.js'

const defaults = {
  recoveryTimeout: 30_000,
  outageBudget: 30_000,
  stallTimeout: 0,
  authorizationTimeout: 30_000,
  maxSessions: 10_000,
}

const policies: readonly unknown[] = ['on-rejection', 'hinted', 'never'] satisfies ReplayPolicy[]

/** Longer delays overflow the platform's timers and fire at once. */
const maxDelayMs = 2 ** 31 - 1

/** The numbers among the options, checked and complete. Throws {@link TetherError} `invalid_option`. */
export function checkOptions(options: SessionRecoveryOptions): typeof defaults {
  const checked = { ...defaults, ...defined(options) }
  const { recoveryTimeout, outageBudget, stallTimeout, authorizationTimeout, maxSessions } = checked
  check('recoveryTimeout', recoveryTimeout, 1, maxDelayMs)
  check('outageBudget', outageBudget, 0, maxDelayMs)
  check('stallTimeout', stallTimeout, 0, maxDelayMs)
  check('authorizationTimeout', authorizationTimeout, 1, maxDelayMs)
  check('maxSessions', maxSessions, 1, Number.MAX_SAFE_INTEGER)
  checkReplay(options.replay)
  return { recoveryTimeout, outageBudget, stallTimeout, authorizationTimeout, maxSessions }
}

function checkReplay(value: unknown): void {
  if (value === undefined || policies.includes(value)) return
  const given = typeof value === 'string' ? `'${value}'` : typeof value
  throw new TetherError('invalid_option', `replay: expected one of ${policies.join(', ')}, was given ${given}.`)
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
