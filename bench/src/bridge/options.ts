import { parseArgs } from 'node:util'

export const help = `Measures the bridge beside mcp-remote: start, latency, throughput, memory. Takes some 20 s a round; progress
goes to stderr.

Usage: npm run bench:bridge -- [options]

Options:
  --rounds <n>     how often everything is measured; the figures are the medians (default: 7)
  --server <name>  what they connect to, always a process of its own (default: plain):
                   plain       one tool on node:http, JSON answers: what is left of a call's time is the bridge's
                   sdk         the same on the TypeScript SDK v2
                   everything  @modelcontextprotocol/server-everything, whose answers are event streams
  --floors         beside them a bare pipe without any recovery: on web Responses, and on node:http alone
  --json           the figures as JSON on stdout, instead of a table
  --strict         exit with 1 when a figure misses its target
  --help           this text

mcp-remote is installed with npm into .cache/ when it isn't there yet. The bridge is the one of this checkout.
`

export const serverNames = ['plain', 'sdk', 'everything'] as const
export type ServerName = (typeof serverNames)[number]

export interface Options {
  readonly rounds: number
  readonly server: ServerName
  readonly floors: boolean
  readonly json: boolean
  readonly strict: boolean
  readonly help: boolean
}

/** Reads the command line. Throws with a sentence for its writer when it can't be meant. */
export function readOptions(words: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...words],
    options: {
      rounds: { type: 'string' },
      server: { type: 'string' },
      floors: { type: 'boolean' },
      json: { type: 'boolean' },
      strict: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  const { floors = false, json = false, strict = false, help: wantsHelp = false } = values
  const rounds = Number(values.rounds ?? 7)
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds wants a number from 1 on, not "${values.rounds}".`)
  const server = serverNames.find((name) => name === (values.server ?? 'plain'))
  if (!server) throw new Error(`There is no server "${values.server}", but there are ${serverNames.join(', ')}.`)
  return { rounds, server, floors, json, strict, help: wantsHelp }
}
