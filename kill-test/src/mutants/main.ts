import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { wholeNumber } from '../run/arguments.js'
import { buildMutant } from './build-mutant.js'
import type { Mutant } from './mutant.js'
import { mutants } from './mutants.js'

const help = `Puts one bug after the other into a copy of @mcp-tether/server and has the kill test look for it.

Usage: npm run mutants:kill -- [options]

  --only TEXT   only the mutants with this in their names
  --kills N     how many kills a round has (default 10)
  --rounds N    how many rounds each is given until it is caught (default 4)
  --seed S      the seed of the first round; each has the next one (default 1)
  --list        show their names
  --help        show this

The exit code is 1 when one was not caught, or no longer fits the source.

Examples:
  npm run mutants:kill
  npm run mutants:kill -- --only standalone --kills 20
`

const root = fileURLToPath(new URL('../../../', import.meta.url))
const killTest = fileURLToPath(new URL('../main.js', import.meta.url))
const abort = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    abort.abort()
  })
}

interface Verdict {
  readonly isCaught: boolean
  readonly text: string
}

/** What a bug does depends on moments that the machine decides: so it is looked for again until it is caught. */
async function hunt(mutant: Mutant, server: string, kills: string, rounds: number, seed: number): Promise<Verdict> {
  let last = ''
  for (let round = 0; round < rounds && !abort.signal.aborted; round++) {
    const verdict = await playRound(mutant, server, kills, String(seed + round))
    if (verdict.isCaught) return { ...verdict, text: `caught in round ${round + 1}, ${verdict.text}` }
    last = verdict.text
  }
  return { isCaught: false, text: `NOT CAUGHT in ${rounds} rounds of ${kills} kills (${last})` }
}

/** Plays the kill test with a mutated server. Interrupted, it ends its own servers. */
async function playRound({ replicas }: Mutant, server: string, kills: string, seed: string): Promise<Verdict> {
  const args = [killTest, '--kills', kills, '--seed', seed, '--server', server, '--replicas', String(replicas)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'], signal: abort.signal })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  // Too few of a class is no broken promise.
  const failures = [...said.matchAll(/^FAILURE (.*)$/gm)].map(([, text]) => text ?? '')
  const [failure] = failures.filter((text) => !text.startsWith('too few'))
  if (code === 1 && failure !== undefined) return { isCaught: true, text: `${failures.length} failures: ${failure}` }
  return { isCaught: false, text: `exit code ${String(code)}` }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      kills: { type: 'string', default: '10' },
      rounds: { type: 'string', default: '4' },
      seed: { type: 'string', default: '1' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const chosen = mutants.filter(({ name }) => name.includes(values.only))
  if (values.help || values.list) {
    process.stdout.write(values.help ? help : chosen.map(({ name }) => `${name}\n`).join(''))
    return 0
  }
  const rounds = wholeNumber('rounds', values.rounds, 1)
  const seed = wholeNumber('seed', values.seed, 0)
  const began = Date.now()
  const folder = await mkdtemp(join(tmpdir(), 'mcp-tether-mutants-'))
  let caught = 0
  try {
    for (const [index, mutant] of chosen.entries()) {
      const verdict = await buildMutant(mutant, root, join(folder, String(index)))
        .then((server) => hunt(mutant, server, values.kills, rounds, seed))
        .catch((error: unknown): Verdict => ({ isCaught: false, text: `NOT PLAYED: ${String(error)}` }))
      if (abort.signal.aborted) return 130
      if (verdict.isCaught) caught++
      const at = `${index + 1}/${chosen.length}, ${Math.round((Date.now() - began) / 1000)} s`
      process.stdout.write(`[${at}] ${mutant.name}: ${verdict.text}\n`)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  process.stdout.write(`${chosen.length} mutants, ${caught} caught, seed ${values.seed}\n`)
  return caught === chosen.length ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nSee --help.\n`)
  process.exitCode = 2
}
