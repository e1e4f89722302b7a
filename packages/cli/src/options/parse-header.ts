import { printable } from '../log/printable.js'
import { UsageError } from '../command/usage-error.js'
import { expandVariables } from './expand-variables.js'
import type { OptionInput } from './option.js'

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

/** True for a header that is none of the user's affairs. */
export function isReservedHeader(name: string): boolean {
  return reservedHeaders.has(name.toLowerCase())
}

/**
 * Reads `Name: value`. `${NAME}` in the value stands for an environment variable, so that a secret need not be in an
 * argument, where every user of the machine can see it. No message of this contains a value.
 */
export function parseHeaderLine(given: string, input: OptionInput): [string, string] {
  const colon = given.indexOf(':')
  if (colon === -1) {
    throw new UsageError(
      `${input.name} was given ${given.length} characters without a colon (they begin with "${printable(given.slice(0, 4))}"); ` +
        "expected 'Name: value'",
    )
  }
  const name = given.slice(0, colon).trim()
  return parseHeader(name, given.slice(colon + 1).trim(), input, `${input.name} ${name}`)
}

/**
 * A name and a value that were given apart. As with {@link parseHeaderLine}, no message contains a value; `label` is what
 * one about the value begins with.
 */
export function parseHeader(name: string, given: string, input: OptionInput, label: string): [string, string] {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
    throw new UsageError(
      `${input.name} was given the name "${printable(name, 40)}"; ` +
        "expected letters, digits and hyphens, as in 'Name: value'",
    )
  }
  if (isReservedHeader(name)) {
    throw new UsageError(`${input.name} was given ${name}, which the bridge sets itself; leave it out`)
  }
  const value = expandVariables(given, { ...input, name: label }).trim()
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
    throw new UsageError(
      `${label} was given a value with a line break or a character that HTTP headers can't hold; ` +
        'expected one line of Latin-1 text (check the file or variable that it comes from)',
    )
  }
  return [name, value]
}
