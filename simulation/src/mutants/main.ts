import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { buildMutant } from './build-mutant.js'
import { mutants } from './mutants.js'

const help = `Puts one bug after the other into a copy of the engine and has the simulation look for it.

Usage: npm run mutants -- [options]

  --only TEXT   only the mutants with this in their names
  --runs N      how many schedules each is given (default 5000)
  --seed S      the seed that makes the schedules (default 1)
  --list        show their names
  --help        show this

The exit code is 1 when one was not caught, or no longer fits the source.

Examples:
  npm run mutants
  npm run mutants -- --only token --seed 3
`

const root = fileURLToPath(new URL('../../../', import.meta.url))
const simulation = fileURLToPath(new URL('../main.js', import.meta.url))
const abort = new AbortController()
process.once('SIGINT', () => {
  abort.abort()
})

interface Verdict {
  readonly isCaught: boolean
  readonly text: string
}

/** Plays schedules through a mutated engine, in a process of its own: a bug may bring that down. */
async function hunt(engine: string, runs: string, seed: string): Promise<Verdict> {
  const args = [simulation, '--runs', runs, '--seed', seed, '--engine', engine, '--stop']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], signal: abort.signal })
  let said = ''
  let complained = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (complained = (complained + chunk.toString()).slice(-2_000)))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const played = /^(\d+) schedules, /m.exec(said)?.[1] ?? '?'
  const fault = /^FAULT (.*)$/m.exec(said)?.[1]
  if (code === 1 && fault !== undefined) return { isCaught: true, text: `caught after ${played}: ${fault}` }
  if (code === 0) return { isCaught: false, text: `NOT CAUGHT in ${played} schedules` }
  return { isCaught: false, text: `NOT PLAYED (exit code ${String(code)}): ${complained}` }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      runs: { type: 'string', default: '5000' },
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
  const folder = await mkdtemp(join(tmpdir(), 'mcp-tether-mutants-'))
  let caught = 0
  try {
    for (const [index, mutant] of chosen.entries()) {
      const verdict = await buildMutant(mutant, root, join(folder, String(index))).then(
        (engine) => hunt(engine, values.runs, values.seed),
        (error: unknown): Verdict => ({ isCaught: false, text: `DOES NOT FIT: ${String(error)}` }),
      )
      if (abort.signal.aborted) return 130
      if (verdict.isCaught) caught++
      process.stdout.write(`${mutant.name}: ${verdict.text}\n`)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  process.stdout.write(`${String(chosen.length)} mutants, ${String(caught)} caught, seed ${values.seed}\n`)
  return caught === chosen.length ? 0 : 1
}

process.exitCode = await main()
