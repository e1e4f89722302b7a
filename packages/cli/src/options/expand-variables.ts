import { UsageError } from '../command/usage-error.js'
import type { OptionInput } from './option.js'

/** Puts the values of environment variables in the place of `${NAME}`. No message of this contains a value. */
export function expandVariables(text: string, { name, environment }: OptionInput): string {
  return text.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_whole, variable: string) => {
    const found = environment[variable]
    if (found !== undefined && found !== '') return found
    throw new UsageError(
      `${name} was given the variable ${variable}, which is ${found === '' ? 'empty' : 'not set'}; ` +
        'expected it in the environment: set it, or add it to "env" in the host\'s configuration',
    )
  })
}
