import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
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
