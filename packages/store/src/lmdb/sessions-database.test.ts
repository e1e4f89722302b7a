import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { lmdbStore } from './lmdb-store.js'

const minute = 60_000
const built = new URL('../../dist/lmdb.js', import.meta.url).href
let directory: string
const children: ChildProcess[] = []

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tether-shared-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(directory, { recursive: true })
})

/** In a process of its own, because a thread that is blocked can't be told to stop. */
function run(script: string): ChildProcess {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 20_000,
    killSignal: 'SIGKILL',
  })
  children.push(child)
  return child
}

it('is opened again while this process writes', async () => {
  const child = run(`
    const { lmdbStore } = await import(${JSON.stringify(built)})
    const first = lmdbStore(process.argv[1])
    for (let n = 0; n < 20; n++) {
      const writing = first.sessions.put('one', { n }, 60_000)
      await new Promise(setImmediate)
      // LMDB's thread has the lock now, and waits for this one.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
      const second = lmdbStore(process.argv[1])
      await Promise.all([writing, second.sessions.put('other', { n }, 60_000)])
      await second.close()
    }
    await first.close()
  `)
  expect(await once(child, 'close')).toEqual([0, null])
})

it('goes on for one store when the other one is closed', async () => {
  const [first, second] = [lmdbStore(directory), lmdbStore(join(directory, '.'))]
  await first.sessions.put('id', { by: 'first' }, minute)
  await first.close()
  await expect(first.sessions.get('id')).rejects.toMatchObject({ code: 'store_closed' })
  expect((await second.sessions.get('id'))?.data).toEqual({ by: 'first' })
  await second.sessions.put('id', { by: 'second' }, minute)
  await second.close()
  const third = lmdbStore(directory)
  expect((await third.sessions.get('id'))?.data).toEqual({ by: 'second' })
  await third.close()
})

it('does not wait for ever for a process that was stopped in the middle of a write', async () => {
  const child = run(`
    const { open } = await import('lmdb')
    const database = open({ path: process.argv[1] + '/store.mdb', noSubdir: true, encoding: 'binary' })
    database.transactionSync(() => {
      process.stdout.write('held')
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600_000)
    })
  `)
  const store = lmdbStore(directory, { timeout: 50 })
  await store.sessions.put('id', { n: 1 }, minute)
  if (child.stdout !== null) await once(child.stdout, 'data')
  await expect(store.sessions.put('id', { n: 2 }, minute)).rejects.toMatchObject({ code: 'store_unavailable' })
  expect((await store.sessions.get('id'))?.data).toEqual({ n: 1 })
  await store.close()
  child.kill('SIGKILL')
  const later = lmdbStore(directory)
  await later.sessions.put('other', {}, minute)
  // What was given up is not done later.
  expect((await later.sessions.get('id'))?.data).toEqual({ n: 1 })
  await later.close()
})
