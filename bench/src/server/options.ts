import { parseArgs } from 'node:util'

export const help = `Measures what persistent sessions cost a server, beside the same server without them. Takes some two minutes; progress
goes to stderr.

Usage: npm run bench:server -- [options]

Options:
  --store <name>   where the sessions are: lmdb, memory or redis (default: lmdb). redis is the one of REDIS_URL
  --only <part>    only this part; can be repeated: round-trips, throughput, re-creation, storage
  --pairs <n>      how often each of the two is measured (default: 9)
  --sessions <n>   how many are stored, for the part storage; LMDB only (default: 100000)
  --json           the findings as JSON on stdout, instead of a table
  --strict         exit with 1 also when a figure misses its target, not only when a count is wrong
  --help           this text
`

export const parts = ['round-trips', 'throughput', 're-creation', 'storage'] as const
export type Part = (typeof parts)[number]
export const storeNames = ['lmdb', 'memory', 'redis'] as const
export type StoreName = (typeof storeNames)[number]

export interface Options {
  readonly store: StoreName
  readonly only: readonly Part[]
  readonly pairs: number
  readonly sessions: number
  readonly json: boolean
  readonly strict: boolean
  readonly help: boolean
}

/** Reads the command line. Throws with a sentence for its writer when it can't be meant. */
export function readOptions(words: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...words],
    options: {
      store: { type: 'string', default: 'lmdb' },
      only: { type: 'string', multiple: true, default: [...parts] },
      pairs: { type: 'string', default: '9' },
      sessions: { type: 'string', default: '100000' },
      json: { type: 'boolean', default: false },
      strict: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  return {
    store: oneOf('store', storeNames, values.store),
    only: values.only.map((name) => oneOf('part', parts, name)),
    pairs: countOf('--pairs', values.pairs),
    sessions: countOf('--sessions', values.sessions),
    json: values.json,
    strict: values.strict,
    help: values.help,
  }
}

function oneOf<Name extends string>(what: string, names: readonly Name[], given: string): Name {
  const found = names.find((name) => name === given)
  if (found === undefined) throw new Error(`There is no ${what} "${given}", but there are ${names.join(', ')}.`)
  return found
}

function countOf(option: string, given: string): number {
  const count = Number(given)
  if (Number.isInteger(count) && count >= 1) return count
  throw new Error(`${option} wants a number from 1 on, not "${given}".`)
}
