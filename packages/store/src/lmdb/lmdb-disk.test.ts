import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open } from 'lmdb'
import { expect, it } from 'vitest'
import type { Key } from './database.js'
import { lmdbStore } from './lmdb-store.js'

it('gives back the space of what has ended, though nobody asks for it again', { timeout: 60_000 }, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tether-disk-'))
  const paths = () => readdirSync(directory).flatMap((name) => (name.endsWith('.mdb') ? join(directory, name) : []))
  let now = 1_000_000
  const store = lmdbStore(directory, { now: () => now, events: { maxAge: 1000 } })
  const text = 'x'.repeat(1000)
  const sizes: number[] = []
  for (let round = 0; round < 30; round++) {
    await Promise.all(
      Array.from({ length: 100 }, async (_, n) => {
        const id = `${round}-${n}`
        await store.sessions.put(id, { text }, 1000)
        await store.sessions.startRequest(id, { requestId: 1, owner: 'a' }, 1000)
        await store.events(id).storeEvent('stream', { text })
        await store.sessions.acquireLease(id, 'lease', 'a', 1000)
        await store.sessions.admit('everybody', id, 1000, 1_000_000)
      }),
    )
    now += 2000
    sizes.push(paths().reduce((sum, path) => sum + statSync(path).size, 0))
  }
  // LMDB uses freed pages again two transactions later: what 30 rounds need is not much more than what a few need.
  expect(sizes.at(-1)).toBeLessThan(2 * (sizes[5] ?? 0))
  // Whatever writes next sweeps the rest away.
  for (let n = 0; n < 300; n++) await store.sessions.put('last', {}, 1000)
  await store.close()
  const kept: Key[] = []
  for (const path of paths()) {
    const database = open<Buffer, Key>({
      path,
      noSubdir: true,
      encoding: 'binary',
      noSync: !path.endsWith('store.mdb'),
    })
    kept.push(...database.getKeys())
    await database.close()
  }
  expect(kept).toEqual([['t', 's', expect.any(String)]])
  rmSync(directory, { recursive: true })
})
