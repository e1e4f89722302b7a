import { TetherError } from '../base/errors.js'
import type { SessionRecoveryOptions } from './options.js'

const defaults = { recoveryTimeout: 30_000, authorizationTimeout: 30_000, maxSessions: 10_000 }

/** Longer delays overflow the platform's timers and fire at once. */
const maxDelayMs = 2 ** 31 - 1

/** The numbers among the options, checked and complete. Throws {@link TetherError} `invalid_option`. */
export function checkOptions(options: SessionRecoveryOptions): typeof defaults {
  const { recoveryTimeout, authorizationTimeout, maxSessions } = { ...defaults, ...defined(options) }
  check('recoveryTimeout', recoveryTimeout, maxDelayMs)
  check('authorizationTimeout', authorizationTimeout, maxDelayMs)
  check('maxSessions', maxSessions, Number.MAX_SAFE_INTEGER)
  return { recoveryTimeout, authorizationTimeout, maxSessions }
}

function defined(options: SessionRecoveryOptions): Partial<typeof defaults> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

function check(name: keyof typeof defaults, value: unknown, max: number): void {
  if (typeof value === 'number' && value >= 1 && value <= max) return
  const given = typeof value === 'number' ? String(value) : typeof value
  throw new TetherError(
    'invalid_option',
    `${name}: expected a number from 1 to ${String(max)}, was given ${given}. Leave it out for ${String(defaults[name])}.`,
  )
}
