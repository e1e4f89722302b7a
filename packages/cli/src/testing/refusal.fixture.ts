import { expect } from 'vitest'
import { UsageError } from '../command/usage-error.js'

/** The message of the UsageError that an action ends with: one line. */
export async function refusalOf(action: () => unknown): Promise<string> {
  try {
    await action()
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError)
    const { message } = error as Error
    expect(message).not.toMatch(/[\r\n]/)
    return message
  }
  throw new Error('nothing was refused')
}
