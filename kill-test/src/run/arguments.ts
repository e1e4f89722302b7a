import { parseArgs } from 'node:util'

export const help = `Kills MCP servers with persistent sessions at random moments while raw SDK clients talk to them, and judges what the
clients saw and what the servers did.

Usage: npm run test:kill -- [options]

  --kills N       how many servers are killed (default 40)
  --seed S        the seed of what is done and when (default: from the time)
  --store NAME    lmdb or redis, which starts a redis-server of its own (default lmdb)
  --replicas N    only fleets of 1, 2 or 4 servers (default: all of them, in turn)
  --server FILE   the module that persistent sessions are taken from (default: this workspace's)
  --history DIR   write what happened in each fleet with failures into this folder, as JSON
  --help          show this

Ends with one line "N kills, F failures, seed S"; the exit code is 1 when there was a failure. The seed says what is done;
when what happens, the machine decides, so that a failure may need several runs to come again.

Examples:
  npm run test:kill -- --kills 500 --seed 7
  npm run test:kill -- --kills 100 --store redis --replicas 4
`

export interface Arguments {
  readonly kills: number
  readonly seed: number
  readonly store: 'lmdb' | 'redis'
  readonly replicas: number | undefined
  readonly server: string | undefined
  readonly history: string | undefined
  readonly help: boolean
}

/** Reads a command line. @throws Error that says what is wrong with it */
export function readArguments(args: readonly string[], now: number): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      kills: { type: 'string', default: '40' },
      seed: { type: 'string', default: String(now % 2 ** 31) },
      store: { type: 'string', default: 'lmdb' },
      replicas: { type: 'string' },
      server: { type: 'string' },
      history: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const { store } = values
  if (store !== 'lmdb' && store !== 'redis') throw new Error(`--store: expected lmdb or redis, was given "${store}".`)
  const replicas = values.replicas === undefined ? undefined : wholeNumber('replicas', values.replicas, 1)
  if (replicas !== undefined && ![1, 2, 4].includes(replicas)) {
    throw new Error(`--replicas: expected 1, 2 or 4, was given "${replicas}".`)
  }
  return {
    kills: wholeNumber('kills', values.kills, 1),
    seed: wholeNumber('seed', values.seed, 0),
    store,
    replicas,
    server: values.server,
    history: values.history,
    help: values.help,
  }
}

/** @throws Error that names the option */
export function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= least && text.trim() !== '') return value
  throw new Error(`--${name}: expected a whole number from ${least} on, was given "${text}".`)
}
