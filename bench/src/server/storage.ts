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
    const memory: number[][] = [[], []]
    for (let start = 0; start < starts; start++) {
      memory[0]?.push(await residentMemory(empty))
      memory[1]?.push(await residentMemory(full))
    }
    const [without = [], within = []] = memory
    const added = (median(within) - median(without)) / 1024 / 1024
    return [
      { what: 'bytes of a stored session', measured: bytes, unit: 'bytes' },
      { what: `resident memory of ${sessions} stored sessions`, measured: added, unit: 'MiB', target: 4 },
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

async function residentMemory(directory: string): Promise<number> {
  const { stdout } = await run(process.execPath, ['--expose-gc', child, directory])
  const bytes = Number(stdout)
  if (!Number.isFinite(bytes) || bytes <= 0) throw new Error(`The child process did not say its memory: ${stdout}`)
  return bytes
}
