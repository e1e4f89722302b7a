import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { buildMutant } from './build-mutant.js'
import type { Mutant } from './mutant.js'
import { mutants } from './mutants.js'

const help = `Puts one bug after the other into a copy of @mcp-tether/server and has the kill test look for it.

Usage: npm run mutants:kill -- [options]

  --only TEXT   only the mutants with this in their names
  --kills N     how many kills each is given (default 10)
  --seed S      the seed of what is done (default 1)
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

/** Plays the kill test with a mutated server. Interrupted, it ends its own servers. */
async function hunt({ replicas }: Mutant, server: string, kills: string, seed: string): Promise<Verdict> {
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
  if (code === 1 && failure !== undefined)
    return { isCaught: true, text: `caught, ${failures.length} failures: ${failure}` }
  return { isCaught: false, text: `NOT CAUGHT in ${kills} kills (exit code ${String(code)})` }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      kills: { type: 'string', default: '10' },
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
      const verdict = await buildMutant(mutant, root, join(folder, String(index)))
        .then((server) => hunt(mutant, server, values.kills, values.seed))
        .catch((error: unknown): Verdict => ({ isCaught: false, text: `NOT PLAYED: ${String(error)}` }))
      if (abort.signal.aborted) return 130
      if (verdict.isCaught) caught++
      process.stdout.write(`${mutant.name}: ${verdict.text}\n`)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  process.stdout.write(`${chosen.length} mutants, ${caught} caught, seed ${values.seed}\n`)
  return caught === chosen.length ? 0 : 1
}

process.exitCode = await main()
