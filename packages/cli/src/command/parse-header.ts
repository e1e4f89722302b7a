import { printable } from '../log/printable.js'
import { UsageError } from './usage-error.js'

/** Headers that the bridge or HTTP itself sets. */
const reservedHeaders: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'last-event-id',
  'mcp-protocol-version',
  'mcp-session-id',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * Reads the `--header` options. `${NAME}` in a value stands for an environment variable, so that a secret need not be
 * in an argument, where every user of the machine can see it. No message of this contains a value.
 */
export function parseHeaders(given: readonly string[], environment: NodeJS.ProcessEnv): Headers {
  const headers = new Headers()
  for (const header of given) {
    const [name, value] = parseHeader(header, environment)
    headers.append(name, value)
  }
  return headers
}

function parseHeader(given: string, environment: NodeJS.ProcessEnv): [string, string] {
  const colon = given.indexOf(':')
  if (colon === -1) {
    throw new UsageError(
      `--header was given ${given.length} characters without a colon (they begin with "${printable(given.slice(0, 4))}"); ` +
        "expected --header 'Name: value'",
    )
  }
  const name = given.slice(0, colon).trim()
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
    throw new UsageError(
      `--header was given the name "${printable(name, 40)}"; ` +
        "expected letters, digits and hyphens before the colon, as in --header 'Name: value'",
    )
  }
  if (reservedHeaders.has(name.toLowerCase())) {
    throw new UsageError(`--header was given ${name}, which the bridge sets itself; leave it out`)
  }
  const value = expand(given.slice(colon + 1).trim(), name, environment)
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
    throw new UsageError(
      `--header ${name} was given a value with a line break or a character that HTTP headers can't hold; ` +
        'expected one line of Latin-1 text (check the file or variable that it comes from)',
    )
  }
  return [name, value]
}

function expand(value: string, name: string, environment: NodeJS.ProcessEnv): string {
  return value
    .replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_whole, variable: string) => {
      const found = environment[variable]
      if (found === undefined || found === '') {
        throw new UsageError(
          `--header ${name} was given the variable ${variable}, which is ${found === '' ? 'empty' : 'not set'}; ` +
            'expected it in the environment: set it, or add it to "env" in the host\'s configuration',
        )
      }
      return found
    })
    .trim()
}
