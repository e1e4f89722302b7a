import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { LineReader } from '../testing/line-reader.fixture.js'

export const lockModule = new URL('../../dist/user-state/process-lock.js', import.meta.url).href

export interface LockProcess {
  readonly child: ChildProcessByStdio<Writable, Readable, null>
  readonly stdout: LineReader
  /** Lets the process go on after it said "held". */
  readonly proceed: () => void
  readonly exited: Promise<unknown>
}

/** A real process that runs a body with `acquireProcessLock`, `say(line)` and `proceed` (a promise) at hand. */
export function startLockProcess(body: string, ...args: readonly string[]): LockProcess {
  const script = `
    import { readFileSync, writeFileSync } from 'node:fs'
    import { acquireProcessLock } from ${JSON.stringify(lockModule)}
    const [path, ...args] = process.argv.slice(1)
    const say = (line) => process.stdout.write(line + '\\n')
    const proceed = new Promise((resolve) => process.stdin.once('data', resolve))
    ${body}
    process.stdin.destroy()`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.on('error', () => undefined)
  return {
    child,
    stdout: new LineReader(child.stdout),
    proceed: () => child.stdin.write('go\n'),
    exited: once(child, 'close'),
  }
}

/** Takes the lock, says so, keeps it until told, says that it lets go. */
export const holdBody = `
  const release = await acquireProcessLock(path, { onWait: ({ pid }) => say('waiting for ' + pid) })
  say('held')
  await proceed
  say('releasing')
  release()`
