import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { holdBody, lockModule, type LockProcess, startLockProcess } from './lock-process.fixture.js'
import { acquireProcessLock } from './process-lock.js'

let directory: string
let path: string
let processes: LockProcess[] = []

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mcp-tether-lock-'))
  path = join(directory, 'a.lock')
})
afterEach(async () => {
  for (const { child } of processes) child.kill('SIGKILL')
  await Promise.all(processes.map(({ exited }) => exited))
  processes = []
  await rm(directory, { recursive: true, force: true })
})

function start(body: string, ...args: string[]): LockProcess {
  const started = startLockProcess(body, path, ...args)
  processes.push(started)
  return started
}

const neverStale = { pollMs: 5, staleMs: Number.POSITIVE_INFINITY }

describe('a lock between processes', () => {
  it('is waited for while its holder lives, and leaves nothing behind', async () => {
    const first = start(holdBody)
    expect(await first.stdout.next()).toBe('held')
    const second = start(holdBody)
    expect(await second.stdout.next()).toBe(`waiting for ${first.child.pid}`)
    first.proceed()
    expect(await first.stdout.next()).toBe('releasing')
    expect(await second.stdout.next()).toBe('held')
    second.proceed()
    await second.exited
    await first.exited
    expect(await readdir(directory)).toEqual([])
  })

  it('is free when its holder was killed with SIGKILL', async () => {
    const holder = start(holdBody)
    expect(await holder.stdout.next()).toBe('held')
    const waiting = acquireProcessLock(path, neverStale)
    holder.child.kill('SIGKILL')
    const release = await waiting
    release()
    expect(await readdir(directory)).toEqual([])
  })

  it.skipIf(process.platform !== 'linux')('is free when its dead holder is a zombie that nobody reaps', async () => {
    const started = start(
      `
      const { spawn } = await import('node:child_process')
      const holder = \`const { acquireProcessLock } = await import(process.argv[1]); await acquireProcessLock(process.argv[2])
        console.log('held ' + process.pid); setInterval(() => {}, 1e6)\`
      // The shell leaves its child to a sleep that never asks for it.
      const line = '"$0" --input-type=module --eval "$1" "$2" "$3" & exec sleep 1000'
      const parent = spawn('sh', ['-c', line, process.execPath, holder, args[0], path], { stdio: ['ignore', 'inherit', 'inherit'] })
      await proceed
      parent.kill('SIGKILL')`,
      lockModule,
    )
    const [, pid] = (await started.stdout.next()).split(' ')
    const waiting = acquireProcessLock(path, neverStale)
    process.kill(Number(pid), 'SIGKILL')
    ;(await waiting)()
    started.proceed()
    await started.exited
  })

  it.skipIf(process.platform !== 'linux')(
    'is not stolen from a holder that is stopped, however old its record looks',
    async () => {
      const holder = start(holdBody)
      expect(await holder.stdout.next()).toBe('held')
      holder.child.kill('SIGSTOP')
      await utimes(path, 0, 0)
      let looks = 0
      const enough = new AbortController()
      const waiting = acquireProcessLock(path, {
        pollMs: 5,
        staleMs: 10,
        signal: enough.signal,
        onWait: () => {
          setInterval(() => {
            if (++looks === 20) enough.abort(new Error('still held'))
          }, 5).unref()
        },
      })
      await expect(waiting).rejects.toThrow('still held')
      holder.child.kill('SIGCONT')
      holder.proceed()
      expect(await holder.stdout.next()).toBe('releasing')
      ;(await acquireProcessLock(path, neverStale))()
    },
  )

  it("ends a waiter's waiting by its signal, with the signal's reason", async () => {
    const release = await acquireProcessLock(path)
    const controller = new AbortController()
    const waiting = acquireProcessLock(path, {
      signal: controller.signal,
      onWait: () => {
        controller.abort(new Error('no longer'))
      },
    })
    await expect(waiting).rejects.toThrow('no longer')
    await expect(acquireProcessLock(path, { signal: AbortSignal.abort(new Error('never')) })).rejects.toThrow('never')
    release()
    expect(await readdir(directory)).toEqual([])
  })

  it('holds off others in the same process too', async () => {
    const order: string[] = []
    const release = await acquireProcessLock(path)
    const second = acquireProcessLock(path, {
      ...neverStale,
      onWait: () => {
        order.push('first lets go')
        release()
      },
    })
    const releaseSecond = await second
    expect(order).toEqual(['first lets go'])
    releaseSecond()
  })

  it('is held by one at a time, while its holders are killed again and again', async () => {
    const counter = join(directory, 'count')
    await writeFile(counter, '0')
    // Without the lock, of the 8 x 25 increments many would be lost; "in" tells a holder that another one is inside.
    const body = `
      const inside = args[0] + '.in'
      say('started')
      for (let n = 0; n < 25; n++) {
        const release = await acquireProcessLock(path, { pollMs: 1 })
        writeFileSync(inside, String(process.pid))
        const before = Number(readFileSync(args[0], 'utf8'))
        await new Promise((resolve) => setImmediate(resolve))
        if (readFileSync(inside, 'utf8') !== String(process.pid)) say('two at a time')
        writeFileSync(args[0], String(before + 1))
        release()
      }
      say('done')`
    const victim = `
      say('started')
      await acquireProcessLock(path, { pollMs: 1 })
      say('held')
      process.kill(process.pid, 'SIGKILL')`
    const workers = Array.from({ length: 8 }, () => start(body, counter))
    const victims = Array.from({ length: 6 }, () => start(victim))
    await Promise.all([...workers, ...victims].map(({ exited }) => exited))
    expect(workers.map(({ stdout }) => stdout.all)).toEqual(workers.map(() => ['started', 'done']))
    expect(victims.map(({ stdout }) => stdout.all)).toEqual(victims.map(() => ['started', 'held']))
    expect(await readFile(counter, 'utf8')).toBe('200')
  }, 60_000)

  it('is taken from a successor that died before it could move to the head', async () => {
    const dead = { pid: 2 ** 22 + 1, host: 'x', start: '1' }
    const identity = await (await import('./process-identity.js')).ownIdentity()
    const record = (token: string): string => JSON.stringify({ ...dead, host: identity.host, token })
    await writeFile(path, record('first'))
    await writeFile(`${path}.first`, record('second'))
    const release = await acquireProcessLock(path, neverStale)
    expect(await readdir(directory)).toEqual(['a.lock'])
    release()
    expect(await readdir(directory)).toEqual([])
  })

  it('is not broken by a record that is cut off', async () => {
    await writeFile(path, '{"pid":12')
    const release = await acquireProcessLock(path, neverStale)
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid })
    release()
    expect(await readdir(directory)).toEqual([])
  })

  it("is taken from another machine's holder once that shows no life, and not while it does", async () => {
    await writeFile(path, JSON.stringify({ pid: 1, host: 'another', token: 'theirs' }))
    let beats = 0
    const heart = setInterval(() => {
      const now = new Date(Date.now() + ++beats)
      void utimes(path, now, now)
      if (beats === 30) clearInterval(heart)
    }, 10)
    const release = await acquireProcessLock(path, { pollMs: 5, staleMs: 200 })
    expect(beats).toBe(30)
    release()
  })

  it('shows life for as long as it is held', async () => {
    const release = await acquireProcessLock(path, { heartbeatMs: 5 })
    await utimes(path, 0, 0)
    const { statSync } = await import('node:fs')
    await expect.poll(() => statSync(path).mtimeMs).toBeGreaterThan(0)
    release()
  })

  it('says what is wrong with its place', async () => {
    await expect(acquireProcessLock(directory)).rejects.toThrow(`${directory} is not a regular file; move it away`)
    await expect(acquireProcessLock(join(directory, 'none', 'a.lock'))).rejects.toThrow(/a\.lock can't be written/)
  })
})
