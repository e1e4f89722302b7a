import { printable } from '../../log/printable.js'
import { UsageError } from '../../command/usage-error.js'
import type { OptionInput } from '../option.js'

/** Refuses a value that is no secret. `expected` goes on after "expected". */
export function refuse(given: unknown, expected: string, { name }: OptionInput): never {
  throw new UsageError(`${name} was given ${shown(given)}; expected ${expected}`)
}

/** Refuses a value of the wrong JSON type without repeating it. */
export function refuseType(given: unknown, expected: string, { name }: OptionInput): never {
  throw new UsageError(`${name} is ${typeOf(given)}; expected ${expected}`)
}

function shown(given: unknown): string {
  return typeof given === 'string' || typeof given === 'number' ? `"${printable(`${given}`, 40)}"` : typeOf(given)
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : typeof value === 'boolean' ? `${value}` : `a ${typeof value}`
}
