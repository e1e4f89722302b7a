import type { DialectOptions } from '@mcp-tether/client'
import { printable } from '../log/printable.js'
import { UsageError } from '../command/usage-error.js'
import { refuse, refuseType } from './kinds/refuse.js'
import type { BridgeOption, OptionInput } from './option.js'

/** What each dialect is, in a few words; docs/loss-rules.md has all of it. */
const dialects: Readonly<Record<keyof DialectOptions, string>> = {
  invalidSessionId: '400 that says that the session id is not valid',
  serverNotInitialized: '400 "Server not initialized"',
  sessionNotFoundAs401: '401 "Session not found" without WWW-Authenticate',
  noValidSessionAs401: '401 "No valid session ID provided"',
  sessionGoneAs410: '410 that names the session',
  sessionErrorInOk: '200 with error -32005',
  invalidRequestInOk: '200 with error -32600 on no id',
  errorTextInOk: '200 {"error":"Session not found"}',
  initializeFirstInOk: '200 with an error that asks for initialize',
  sessionTerminatedAs500: '500 "Session service terminated"',
  wrappedLossAs500: '500 that quotes a 404',
  persistentServerError: '500, 502 or 503 again and again',
}

const names = Object.keys(dialects) as (keyof DialectOptions)[]

/** Which dialects of a lost session are believed. In the file an object, as the engine takes it. */
export const dialectsOption: BridgeOption<DialectOptions> = {
  flag: '--dialects',
  placeholder: '<names>',
  variable: 'MCP_TETHER_DIALECTS',
  group: 'Recovery',
  help:
    'which answers other than 404 are believed to mean a lost session: all, none, or names with commas between them; ' +
    'a name with a minus is taken out, as in all,-sessionGoneAs410 (names: see docs/loss-rules.md)',
  default: 'all',
  schema: {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, { type: 'boolean', description: dialects[name] }])),
    additionalProperties: false,
  },
  fromText: ([given = ''], input) => fromWords(given, input),
  fromFile(given, input) {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      return refuseType(given, 'an object like { "sessionGoneAs410": false }', input)
    }
    for (const [name, value] of Object.entries(given)) {
      known(name, input)
      if (typeof value !== 'boolean') {
        return refuseType(value, 'true or false', { ...input, name: `${input.name}, ${name}` })
      }
    }
    return given
  },
}

function fromWords(given: string, input: OptionInput): DialectOptions {
  const words = given
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
  const [first] = words
  if (first === undefined) return refuse(given, 'all, none, or names of dialects', input)
  // A list that begins with what is taken out begins with all.
  const believed = new Set(first === 'all' || first.startsWith('-') ? names : [])
  for (const word of first === 'all' || first === 'none' ? words.slice(1) : words) {
    const name = known(word.replace(/^-/, ''), input)
    if (word.startsWith('-')) believed.delete(name)
    else believed.add(name)
  }
  return Object.fromEntries(names.map((name) => [name, believed.has(name)]))
}

function known(given: string, input: OptionInput): keyof DialectOptions {
  const name = names.find((each) => each === given)
  if (name !== undefined) return name
  throw new UsageError(
    `${input.name} was given the dialect "${printable(given, 40)}"; expected all, none, or some of ${names.join(', ')}`,
  )
}
