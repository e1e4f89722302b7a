import type {
  BackEnd,
  Expected,
  LogName,
  NoticeListener,
  RawEvent,
  RawEventPage,
  RawSession,
  RawWriteResult,
  RequiredEventLimits,
  StartResult,
} from '../contract/back-end.js'
import { StoreError } from '../contract/errors.js'
import { leaseAt, rangeOf, removeRange, requestAt, sessionAt, type Database } from './database.js'
import { appendEvent, clearEvents, keepEvents, readEvents } from './event-logs.js'
import { admit, leave } from './groups.js'
import type { Notices } from './notices.js'
import type { SharedDatabase } from './shared-database.js'
import { Sweep } from './sweep.js'
import { readSessionValue, sessionValue, timed, timeOf, type SessionValue } from './values.js'

/**
 * Everything in one LMDB file. Reads are of the memory map and take no lock; writes are transactions, of which LMDB lets
 * one run at a time, whatever process it comes from.
 */
export class LmdbBackEnd implements BackEnd {
  readonly #shared: SharedDatabase
  readonly #database: Database
  readonly #notices: Notices
  readonly #now: () => number
  readonly #sweep = new Sweep()

  constructor(shared: SharedDatabase, notices: Notices, now: () => number) {
    this.#shared = shared
    this.#database = shared.database
    this.#notices = notices
    this.#now = now
  }

  readSession(key: string): Promise<RawSession | undefined> {
    return this.#read(() => this.#session(key))
  }

  writeSession(
    key: string,
    { bytes, version }: { bytes: Uint8Array; version: string },
    ttl: number,
    expected: Expected,
  ): Promise<RawWriteResult> {
    return this.#write((now) => {
      const current = this.#session(key)
      if (!isExpected(expected, current?.version)) return { written: false, current }
      // Of a session that has ended and was not swept yet, nothing goes over to the new one.
      if (current === undefined) this.#remove(key)
      this.#database.putSync(sessionAt(key), sessionValue(now + ttl, version, bytes))
      keepEvents(this.#database, key, now + ttl, now)
      return { written: true }
    })
  }

  deleteSession(key: string): Promise<boolean> {
    return this.#write(() => {
      const existed = this.#session(key) !== undefined
      this.#remove(key)
      clearEvents(this.#database, key)
      return existed
    })
  }

  touchSession(key: string, ttl: number): Promise<boolean> {
    return this.#write((now) => this.#touch(key, now + ttl, now))
  }

  startRequest(key: string, field: string, bytes: Uint8Array, ttl: number, limit: number): Promise<StartResult> {
    return this.#write((now) => {
      const session = this.#session(key)
      if (session === undefined || !this.#touch(key, now + ttl, now)) return 'no session'
      const isKnown = this.#database.doesExist(requestAt(key, field))
      if (!isKnown && [...rangeOf(this.#database, ['r', key], { limit })].length >= limit) return 'full'
      this.#database.putSync(requestAt(key, field), Buffer.from(bytes))
      return { version: session.version }
    })
  }

  finishRequest(key: string, field: string): Promise<void> {
    return this.#write(() => {
      this.#database.removeSync(requestAt(key, field))
    })
  }

  requestsInFlight(key: string): Promise<(readonly [string, Uint8Array])[]> {
    return this.#read(() => {
      if (this.#session(key) === undefined) return []
      return [...rangeOf(this.#database, ['r', key])].map(
        ({ key: [, , field], value }) => [String(field), value] as const,
      )
    })
  }

  acquireLease(key: string, name: string, owner: string, ttl: number): Promise<number | string> {
    return this.#write((now) => {
      const holder = this.#leaseOwner(key, name)
      if (holder !== undefined && holder !== owner) return holder
      this.#database.putSync(leaseAt(key, name), timed(now + ttl, owner))
      return now + ttl
    })
  }

  renewLease(key: string, name: string, owner: string, ttl: number): Promise<boolean> {
    return this.#write((now) => {
      if (this.#leaseOwner(key, name) !== owner) return false
      this.#database.putSync(leaseAt(key, name), timed(now + ttl, owner))
      return true
    })
  }

  releaseLease(key: string, name: string, owner: string): Promise<boolean> {
    return this.#write(() => this.#leaseOwner(key, name) === owner && this.#database.removeSync(leaseAt(key, name)))
  }

  leaseOwner(key: string, name: string): Promise<string | undefined> {
    return this.#read(() => this.#leaseOwner(key, name))
  }

  admit(group: string, member: string, ttl: number, limit: number): Promise<boolean> {
    return this.#write((now) => admit(this.#database, group, member, ttl, limit, now))
  }

  leave(group: string, member: string): Promise<void> {
    return this.#write(() => {
      leave(this.#database, group, member)
    })
  }

  appendEvent(key: string, log: LogName, stream: string, event: RawEvent, limits: RequiredEventLimits): Promise<void> {
    return this.#write((now) => {
      appendEvent(this.#database, key, log, stream, event, limits, now)
    })
  }

  readEvents(
    key: string,
    log: LogName,
    stream: string,
    after: string | undefined,
    limit: number,
  ): Promise<RawEventPage> {
    return this.#read(() => readEvents(this.#database, key, log, stream, after, limit, this.#now()))
  }

  clearEvents(key: string): Promise<void> {
    return this.#write(() => {
      clearEvents(this.#database, key)
    })
  }

  publish(to: string, bytes: Uint8Array): Promise<void> {
    return this.#notices.publish(to, bytes)
  }

  subscribe(listener: NoticeListener): Promise<() => void> {
    return this.#notices.subscribe(listener)
  }

  async close(): Promise<void> {
    this.#notices.close()
    await this.#shared.release()
  }

  #session(key: string): SessionValue | undefined {
    const value = this.#database.get(sessionAt(key))
    return value === undefined || timeOf(value) <= this.#now() ? undefined : readSessionValue(value)
  }

  #touch(key: string, expiresAt: number, now: number): boolean {
    const session = this.#session(key)
    if (session === undefined) return false
    this.#database.putSync(sessionAt(key), sessionValue(expiresAt, session.version, session.bytes))
    keepEvents(this.#database, key, expiresAt, now)
    return true
  }

  #remove(key: string): void {
    this.#database.removeSync(sessionAt(key))
    removeRange(this.#database, ['r', key])
  }

  #leaseOwner(key: string, name: string): string | undefined {
    const value = this.#database.get(leaseAt(key, name))
    return value === undefined || timeOf(value) <= this.#now() ? undefined : value.toString('utf8', 8)
  }

  async #read<Result>(read: () => Result): Promise<Result> {
    // Another process may have written since this turn of the event loop read last.
    this.#database.resetReadTxn()
    return Promise.resolve(read())
  }

  async #write<Result>(write: (now: number) => Result): Promise<Result> {
    try {
      return await this.#shared.transaction(() => {
        const now = this.#now()
        const result = write(now)
        this.#sweep.step(this.#database, now)
        return result
      })
    } catch (cause) {
      if (!/MDB_MAP_FULL|ENOSPC|no space left/i.test(String(cause))) throw cause
      throw new StoreError('store_full', `The disk of the store is full: ${String(cause)}`, { cause })
    }
  }
}

function isExpected(expected: Expected, version: string | undefined): boolean {
  if (expected === 'any') return true
  return expected === 'absent' ? version === undefined : version === expected.version
}
