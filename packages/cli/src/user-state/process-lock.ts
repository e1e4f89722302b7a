import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, renameSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { unusable } from './private-files.js'
import { lifeOf, ownIdentity, type ProcessIdentity } from './process-identity.js'
import { systemCode } from './user-state-error.js'

/** Who holds the lock. */
export interface LockHolder extends ProcessIdentity {
  /** Unique to this one holding. */
  readonly token: string
}

export interface ProcessLockOptions {
  /** Ends the waiting: the promise rejects with the signal's reason. Without it a live holder is waited for as long as it takes. */
  readonly signal?: AbortSignal | undefined
  /** Called once, when somebody else holds the lock. */
  readonly onWait?: ((holder: LockHolder) => void) | undefined
  /** How often to look, in milliseconds. @default 100 */
  readonly pollMs?: number
  /** How often a holder shows that it lives, in milliseconds. @default 5000 */
  readonly heartbeatMs?: number
  /** How long a holder whose process can't be seen from here may show no life, in milliseconds. @default 30000 */
  readonly staleMs?: number
}

/** Lets go of the lock. */
export type ReleaseLock = () => void

const longestChain = 100
/** The process number of a record that can't be read. */
const nobody = 0

/**
 * A lock between processes, for minutes if need be. It is not stolen from a holder that lives, however long that takes,
 * and it is free the moment its holder dies, `kill -9` included.
 *
 * No library does that: proper-lockfile and its like judge a holder by the age of a file, so that a stopped process or
 * a laptop that slept loses its lock, and they break a stale one by deleting a path, which may be the lock of whoever
 * broke it a moment earlier. Node has no flock(2).
 *
 * So: a record names its holder by process number *and* start time (`process-identity.ts`), and nobody deletes what is
 * not its own. Whoever wants the lock of a dead holder T links its record as `<lock>.T`: T is unique, and link(2) fails
 * where the name exists, so T has one successor at most. The holder is who stands at the end of that chain. The
 * successor then moves its record to `<lock>`, the chain's head. One who slept meanwhile and links to a T that is out of
 * the chain finds itself unreachable from the head, and starts over. To release is to remove the head.
 *
 * Where the holder can't be seen (another container or machine on a shared home; Windows, which tells no start time for
 * a number in use) it counts as dead after `staleMs` of watching a record whose time it does not renew.
 *
 * Throws a UserStateError when the directory can't be used.
 */
export async function acquireProcessLock(path: string, options: ProcessLockOptions = {}): Promise<ReleaseLock> {
  const { signal, onWait, pollMs = 100, heartbeatMs = 5_000, staleMs = 30_000 } = options
  const own: LockHolder = { ...(await ownIdentity()), token: randomUUID() }
  const watch = new Watch(path, staleMs, pollMs)
  let told = false
  for (;;) {
    signal?.throwIfAborted()
    const last = readChain(path).at(-1)
    if (last === undefined || (await watch.isDead(last))) {
      if (take(path, own, last)) return hold(path, own, heartbeatMs)
    } else if (!told) {
      onWait?.(last)
      told = true
    }
    try {
      await delay(pollMs, undefined, signal ? { signal } : {})
    } catch {
      signal?.throwIfAborted()
    }
  }
}

/** From the head to the holder. */
function readChain(path: string): LockHolder[] {
  const chain: LockHolder[] = []
  let record = readRecord(path)
  while (record && chain.length < longestChain) {
    chain.push(record)
    record = readRecord(successorPath(path, record.token))
  }
  return chain
}

function readRecord(file: string): LockHolder | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw unusable(file, error, 'read', 'file')
  }
  try {
    const record = JSON.parse(text) as Partial<LockHolder>
    if (typeof record.token === 'string' && /^[\w-]+$/.test(record.token) && typeof record.pid === 'number') {
      return { ...record, host: String(record.host) } as LockHolder
    }
  } catch {
    // Below.
  }
  // Records appear whole. This one was cut by a power failure, or is none of ours: nobody holds it.
  return { token: `unreadable-${modified(file) ?? 0}`, pid: nobody, host: '' }
}

/** True when the lock is ours. `last` is nobody, or one who is dead. */
function take(path: string, own: LockHolder, last: LockHolder | undefined): boolean {
  const record = `${path}.${own.token}.new`
  const place = last ? successorPath(path, last.token) : path
  try {
    writeFileSync(record, JSON.stringify(own), { flag: 'wx', mode: 0o600 })
    if (!linkNew(record, place)) return false
    const chain = readChain(path)
    const holds = chain.at(-1)?.token === own.token
    if (!holds) removeQuietly(place)
    // The head first: once it has moved on, the old names lead nowhere.
    else if (last && renamed(record, path)) removeLinks(path, chain.slice(0, -1))
    return holds
  } catch (error) {
    throw unusable(path, error, 'written', 'directory')
  } finally {
    removeQuietly(record)
  }
}

/** False where the name exists. */
function linkNew(existing: string, name: string): boolean {
  try {
    linkSync(existing, name)
    return true
  } catch (error) {
    const code = systemCode(error)
    // Windows refuses a name for as long as somebody has its deleted file open.
    if (code === 'EEXIST' || (process.platform === 'win32' && (code === 'EPERM' || code === 'EACCES'))) return false
    throw error
  }
}

/** A chain that can't be shortened (on Windows, while somebody reads its head) is as good as a short one. */
function renamed(from: string, to: string): boolean {
  try {
    renameSync(from, to)
    return true
  } catch {
    return false
  }
}

function hold(path: string, own: LockHolder, heartbeatMs: number): ReleaseLock {
  const heartbeat = setInterval(() => {
    try {
      const now = new Date()
      utimesSync(path, now, now)
    } catch {
      // Nobody but a watcher on another machine misses it.
    }
  }, heartbeatMs)
  heartbeat.unref()
  return () => {
    clearInterval(heartbeat)
    const chain = readChain(path)
    // Declared dead by a watcher elsewhere (a machine that slept), the lock is somebody else's by now.
    if (chain.at(-1)?.token !== own.token) return
    removeQuietly(path)
    removeLinks(path, chain)
  }
}

/** Judges the holder of a lock, by its process or else by how long its record stays as it is. */
class Watch {
  #record: string | undefined
  #unchangedMs = 0
  #lastLook = 0

  constructor(
    readonly path: string,
    readonly staleMs: number,
    readonly pollMs: number,
  ) {}

  async isDead(holder: LockHolder): Promise<boolean> {
    if (holder.pid === nobody) return true
    const life = await lifeOf(holder)
    if (life !== 'unknown') return life === 'dead'
    const record = `${holder.token} ${modified(this.path)}`
    const now = performance.now()
    // Time that this process slept through says nothing about the holder: it slept as well.
    this.#unchangedMs =
      record === this.#record ? this.#unchangedMs + Math.min(now - this.#lastLook, 2 * this.pollMs) : 0
    this.#record = record
    this.#lastLook = now
    return this.#unchangedMs > this.staleMs
  }
}

function modified(path: string): number | undefined {
  try {
    return statSync(path).mtimeMs
  } catch {
    return undefined
  }
}

function removeLinks(path: string, chain: readonly LockHolder[]): void {
  for (const { token } of chain) removeQuietly(successorPath(path, token))
}

function removeQuietly(file: string): void {
  try {
    unlinkSync(file)
  } catch {
    // It is not there: most records have no successor.
  }
}

function successorPath(path: string, token: string): string {
  return `${path}.${token}`
}
