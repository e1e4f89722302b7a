import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../packages/store/src/redis/redis-server.fixture.js'

/** Why the conformance suite can't run here, or `undefined` if it can. */
export const whyNoSuite = isOlderThan(22, 6)
  ? `the conformance suite needs Node 22.6 or newer, and this is Node ${process.versions.node}`
  : undefined

function isOlderThan(major: number, minor: number): boolean {
  const [its = 0, itsMinor = 0] = process.versions.node.split('.').map(Number)
  return its < major || (its === major && itsMinor < minor)
}

export type Sdk = 'v1' | 'v2'

/** What the suite said of each scenario: each of its checks with its verdict. */
export type Verdicts = Readonly<Record<string, readonly string[]>>

interface Check {
  readonly id: string
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'INFO' | 'SKIPPED'
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const cli = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/dist/index.js')

/**
 * Lets the official suite drive a client of this SDK, bare or with our middleware.
 * @param what a scenario (`--scenario`), or several that run side by side (`--suite`)
 */
export async function verdictsOn(
  sdk: Sdk,
  how: 'bare' | 'recovering',
  what: readonly ['--scenario' | '--suite', string],
): Promise<Verdicts> {
  const results = await mkdtemp(join(tmpdir(), 'mcp-tether-conformance-'))
  const client = join(root, 'test/conformance/client.ts')
  const words = [process.execPath, '--experimental-strip-types', '--no-warnings', client]
  // The suite cuts the command at its blanks and gives the pieces to a shell, which puts them together again.
  const command = [...words.map((word) => `'${word}'`), sdk, how].join(' ')
  try {
    await runSuite(['client', '--command', command, ...what, '-o', results])
    return await readVerdicts(results)
  } finally {
    await rm(results, { recursive: true, force: true })
  }
}

const serverScenarios = /^ {2}- (\S+)/gm

/** The names of the scenarios that are played against servers. */
export async function listServerScenarios(): Promise<readonly string[]> {
  const output = await runSuite(['list', '--server'])
  return [...output.matchAll(serverScenarios)].map(([, name = '']) => name)
}

/**
 * Lets the official suite ask `examples/conformance-server`.
 * @param how `killed`: with persistent sessions, and killed by SIGKILL before each scenario
 */
export async function verdictsOfServer(sdk: Sdk, how: 'bare' | 'persistent' | 'killed'): Promise<Verdicts> {
  const results = await mkdtemp(join(tmpdir(), 'mcp-tether-conformance-'))
  const PORT = String(await freePort())
  const env = { ...process.env, PORT, SESSIONS: how === 'bare' ? 'none' : join(results, 'sessions') }
  const ask = ['server', '--url', `http://127.0.0.1:${PORT}/mcp`, '-o', join(results, 'verdicts')]
  let server = await startServer(sdk, env)
  try {
    if (how !== 'killed') await runSuite([...ask, '--suite', 'all'])
    else {
      for (const scenario of await listServerScenarios()) {
        await server.kill()
        server = await startServer(sdk, env)
        await runSuite([...ask, '--scenario', scenario])
      }
    }
    return await readVerdicts(join(results, 'verdicts'))
  } finally {
    await server.kill()
    await rm(results, { recursive: true, force: true })
  }
}

async function startServer(sdk: Sdk, env: NodeJS.ProcessEnv): Promise<{ kill(): Promise<void> }> {
  const script = join(root, 'examples/conformance-server/dist/main.js')
  const child = spawn(process.execPath, [script, sdk], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = once(child, 'exit')
  const ended = gone.then(() => Promise.reject(new Error('The server ended before it was ready.')))
  await Promise.race([once(child.stdout, 'data'), ended])
  ended.catch(() => undefined)
  return {
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
  }
}

/** @returns its output; its exit code says whether everything passed, which is not the question here */
function runSuite(args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], { cwd: root, timeout: 240_000 }, (_error, stdout) => {
      resolve(stdout)
    })
  })
}

async function readVerdicts(results: string): Promise<Verdicts> {
  const verdicts: Record<string, string[]> = {}
  for (const path of await readdir(results, { recursive: true })) {
    const scenario = /^(.+)-\d{4}-\d\d-\d\dT[\d-]+Z[/\\]checks\.json$/.exec(path)?.[1]
    if (scenario === undefined) continue
    const checks = JSON.parse(await readFile(join(results, path), 'utf8')) as Check[]
    verdicts[scenario] = checks.filter(({ status }) => status !== 'INFO').map(lineOf)
    verdicts[scenario].sort()
  }
  return verdicts
}

function lineOf({ id, status }: Check): string {
  // "Slightly late" is what a busy machine is.
  const isBusyMachine = id === 'client-sse-retry-timing' && status === 'WARNING'
  return `${id}: ${isBusyMachine ? 'SUCCESS' : status}`
}
