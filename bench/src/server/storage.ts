import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { persistentSessions } from '@mcp-tether/server'
import type { Finding } from '../finding.js'
import { median } from '../statistics.js'
import { buildServer } from './build-server.js'
import { initializeOf, InProcessClient } from './in-process-client.js'
import { openStore } from './open-store.js'

const run = promisify(execFile)
const child = fileURLToPath(new URL('resident-memory.js', import.meta.url))
const week = 7 * 24 * 3_600_000
const atOnce = 2_000
const starts = 5

/** What many sessions take on the disk, and in the memory of a server that has them in its store. */
export async function measureStorage(sessions: number): Promise<Finding[]> {
  const directories = ['empty', 'full'].map((name) => mkdtempSync(join(tmpdir(), `tether-bench-${name}-`)))
  const [empty = '', full = ''] = directories
  try {
    const bytes = await fill(full, sessions)
    const without: Memory[] = []
    const within: Memory[] = []
    for (let start = 0; start < starts; start++) {
      without.push(await residentMemory(empty))
      within.push(await residentMemory(full))
    }
    const added = (what: keyof Memory): number =>
      (median(within.map((memory) => memory[what])) - median(without.map((memory) => memory[what]))) / 1024
    return [
      { what: 'bytes of a stored session', measured: bytes, unit: 'bytes' },
      { what: `resident memory of ${sessions} stored sessions`, measured: added('own'), unit: 'MiB', target: 2 },
      { what: '…, pages of the file that are mapped', measured: added('ofFiles'), unit: 'MiB' },
    ]
  } finally {
    for (const directory of directories) rmSync(directory, { recursive: true })
  }
}

/** @returns bytes on the disk of each */
async function fill(directory: string, count: number): Promise<number> {
  const store = await openStore('lmdb', directory)
  const one = persistentSessions({ createServer: buildServer, store })
  const client = new InProcessClient(one.fetch)
  await client.post(initializeOf(0))
  await one.close()
  const record = await store.sessions.get(client.sessionId ?? '')
  if (record === undefined) throw new Error('The session was not stored')
  const before = sizeOf(directory)
  for (let done = 0; done < count; done += atOnce) {
    await Promise.all(
      Array.from({ length: Math.min(atOnce, count - done) }, async () => {
        const id = randomBytes(24).toString('base64url')
        await store.sessions.put(id, record.data, week)
        await store.sessions.admit('all sessions', id, week, 1_000_000)
      }),
    )
  }
  await store.close()
  return (sizeOf(directory) - before) / count
}

function sizeOf(directory: string): number {
  return readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0)
}

/** In KiB. */
interface Memory {
  readonly own: number
  readonly ofFiles: number
}

async function residentMemory(directory: string): Promise<Memory> {
  const { stdout } = await run(process.execPath, ['--expose-gc', child, directory])
  const [own = Number.NaN, ofFiles = Number.NaN] = stdout.split(' ').map(Number)
  if (own > 0 && ofFiles > 0) return { own, ofFiles }
  throw new Error(`The child process did not say its memory, which only Linux tells: ${stdout}`)
}
