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

it(
  'is opened by one process after the other while others write: nothing of theirs is lost',
  { timeout: 60_000 },
  async () => {
    const writing = [0, 1].map((n) =>
      run(`
      const { lmdbStore } = await import(${JSON.stringify(built)})
      const { sessions } = lmdbStore(process.argv[1])
      for (;;) {
        const { held } = await sessions.acquireLease('shared', 'turn', 'writer-${n}', 60_000)
        if (held && !(await sessions.releaseLease('shared', 'turn', 'writer-${n}'))) process.exit(1)
        await sessions.startRequest('shared', { requestId: ${n}, owner: 'writer-${n}' }, 60_000)
        await sessions.finishRequest('shared', ${n}, 'writer-${n}')
      }
    `),
    )
    const ends = writing.map((child) => once(child, 'close'))
    const first = lmdbStore(directory)
    await first.sessions.put('shared', {}, minute)
    const open = `const { lmdbStore } = await import(${JSON.stringify(built)}); lmdbStore(process.argv[1]); process.exit(0)`
    for (let round = 0; round < 15; round++) expect(await once(run(open), 'close')).toEqual([0, null])
    for (const child of writing) child.kill('SIGKILL')
    expect(await Promise.all(ends)).toEqual(writing.map(() => [null, 'SIGKILL']))
    await first.close()
  },
)
