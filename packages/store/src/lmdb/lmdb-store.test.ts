import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir, uptime } from 'node:os'
import { join } from 'node:path'
import { open } from 'lmdb'
import { expect, it } from 'vitest'
import { storeContract } from '../contract/store-contract.fixture.js'
import { rangeOf, type Key } from './database.js'
import { lmdbStore } from './lmdb-store.js'
import { readSessionValue, sessionValue } from './values.js'

storeContract('LMDB', () => {
  let now = 1_000_000
  const directory = mkdtempSync(join(tmpdir(), 'tether-lmdb-'))
  return Promise.resolve({
    open: (options = {}) => lmdbStore(directory, { ...options, now: () => now }),
    advance(ms) {
      now += ms
    },
    async afterwards(ms, condition) {
      now += ms
      expect(await condition()).toBe(true)
    },
    dump: () => {
      const files = readdirSync(directory).filter((name) => name.endsWith('.mdb'))
      return Promise.resolve(Buffer.concat(files.map((name) => readFileSync(join(directory, name)))))
    },
    async damageSessions(bytes) {
      const database = open<Buffer, Key>({ path: join(directory, 'store.mdb'), noSubdir: true, encoding: 'binary' })
      for (const { key, value } of [...rangeOf(database, ['t', 's'])]) {
        const session = readSessionValue(value)
        if (session !== undefined) await database.put(key, sessionValue(session.expiresAt, session.version, bytes))
      }
      await database.close()
    },
    close() {
      rmSync(directory, { recursive: true })
      return Promise.resolve()
    },
  })
})

it('says what is wrong with a directory', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tether-lmdb-'))
  writeFileSync(join(directory, 'file'), '')
  expect(() => lmdbStore(join(directory, 'file'))).toThrow(/can't be opened/)
  rmSync(directory, { recursive: true })
})

// Only Linux says when the machine was started.
it.runIf(process.platform === 'linux')(
  'has its sessions after a restart of the machine, and begins its work anew',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tether-lmdb-'))
    const minute = 60_000
    const before = lmdbStore(directory)
    await before.sessions.put('id', { n: 1 }, minute)
    await before.sessions.startRequest('id', { requestId: 1, owner: 'a' }, minute)
    await before.events('id').storeEvent('stream', { n: 1 })
    await before.sessions.acquireLease('id', 'stream', 'a', minute)
    await before.close()
    const work = () => readdirSync(directory).filter((name) => name.startsWith('work-'))
    for (const name of work()) {
      const older = name.replace(/[\da-f-]{36}/, '00000000-0000-4000-8000-000000000000')
      renameSync(join(directory, name), join(directory, older))
      // Half written, as a machine that stops may leave it.
      if (older.endsWith('.mdb')) truncateSync(join(directory, older), 5000)
      const beforeTheStart = Date.now() / 1000 - uptime() - 60
      utimesSync(join(directory, older), beforeTheStart, beforeTheStart)
    }
    const after = lmdbStore(directory)
    expect((await after.sessions.get('id'))?.data).toEqual({ n: 1 })
    expect(await after.sessions.requestsInFlight('id')).toEqual([])
    expect((await after.events('id').readFromStart('stream')).events).toEqual([])
    expect((await after.sessions.acquireLease('id', 'stream', 'b', minute)).held).toBe(true)
    expect(work().filter((name) => name.includes('00000000'))).toEqual([])
    await after.close()
    rmSync(directory, { recursive: true })
  },
)

it('leaves the work alone of a process that was told another name of the start of the machine', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tether-lmdb-'))
  const names = ['work-11111111-1111-4111-8111-111111111111.mdb', 'work-11111111-1111-4111-8111-111111111111.mdb-lock']
  for (const name of names) writeFileSync(join(directory, name), 'in use')
  // It is mapped, so that nobody sees when it was written.
  utimesSync(join(directory, names[1] ?? ''), 1, 1)
  await lmdbStore(directory).close()
  expect(readdirSync(directory)).toEqual(expect.arrayContaining(names))
  rmSync(directory, { recursive: true })
})
