import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'

/** What is to be played, and how. */
export interface Arguments {
  readonly help: boolean
  /** Names of faces; none: all of them. */
  readonly faces: readonly string[]
  /** A part of the names of scenarios; empty: all of them. */
  readonly scenario: string
  readonly parallel: number
  /** The number of plays, then the reports, as JSON lines on stdout, and nothing else. */
  readonly json: boolean
}

/** Most of a play is waiting. */
const PER_CORE = 12

/** Most plays at once: more of them only wait for each other. */
const MOST_PARALLEL = 64

export const help = `Plays the survival scenarios against real MCP clients, alone and with MCP Tether.

  npm run survival -- [options]

Without --face and --scenario it plays everything and writes docs/survival.md; with one of them it prints the table of
what was played. Whatever a recovering client did not come through is told on stderr, with what went over the wire.

  --face <name>       only this client; may be given more than once (see below)
  --scenario <text>   only scenarios whose name contains the text
  --parallel <n>      plays at once, 1 to ${String(MOST_PARALLEL)} (default: ${String(PER_CORE)} for each core)
  --json              print the number of plays and each report as lines of JSON, and no table
  --help              print this

Examples:
  npm run survival
  npm run survival -- --scenario stream-
  npm run survival -- --face bridge --face 'SDK v2' --scenario standalone-redeploy-end

Environment:
  MCP_TETHER_NEWER_NODE   a Node 22 or newer, for @ai-sdk/mcp where the running Node is older

Exit code: 0 when every recovering client came through everything it played, 1 when one did not, 2 for wrong arguments.
`

/** Reads the command line. Throws a TypeError that says what is wrong with it. */
export function readArguments(args: readonly string[], knownFaces: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      face: { type: 'string', multiple: true },
      scenario: { type: 'string' },
      parallel: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  const faces = (values.face ?? []).map((given) => {
    const name = knownFaces.find((known) => known.toLowerCase() === given.toLowerCase())
    if (name === undefined) throw new TypeError(`no face "${given}"; there are: ${knownFaces.join(', ')}`)
    return name
  })
  const parallel = Number(values.parallel ?? availableParallelism() * PER_CORE)
  if (!Number.isInteger(parallel) || parallel < 1 || parallel > MOST_PARALLEL) {
    throw new TypeError(`--parallel must be a whole number from 1 to ${String(MOST_PARALLEL)}`)
  }
  return {
    help: values.help ?? false,
    faces,
    scenario: values.scenario ?? '',
    parallel,
    json: values.json ?? false,
  }
}
