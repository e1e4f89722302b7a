import { UsageError } from '../../command/usage-error.js'
import { expandVariables } from '../../options/expand-variables.js'
import type { OptionInput } from '../../options/option.js'
import { readNamedFile } from '../named-file.js'

/**
 * Reads `--key-passphrase`: `${NAME}` is read from the environment, `@FILE` from a file (without the line break at its
 * end). As it is, it may stand in a variable or in the configuration file, but not in an argument, where every user of
 * the machine could see it. No message contains it.
 */
export function readPassphrase(given: string, input: OptionInput): string {
  if (/^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/.test(given)) return expandVariables(given, input)
  if (given.startsWith('@')) {
    const { name, contents } = readNamedFile(given.slice(1), input)
    const text = contents.toString('utf8').replace(/\r?\n$/, '')
    if (text === '') throw new UsageError(`${name} is empty; expected the passphrase in it`)
    return text
  }
  if (input.name.startsWith('--')) {
    throw new UsageError(
      `${input.name} was given the passphrase itself, which every user of this machine can see; ` +
        "expected '${NAME}' for a variable of the environment, or @FILE",
    )
  }
  return given
}
