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
import { countOf, leaseAt, rangeOf, removeRange, requestAt, sessionAt, type Database } from './database.js'
import { appendEvent, clearEvents, keepEvents, readEvents } from './event-logs.js'
import { admit, leave } from './groups.js'
import type { Notices } from './notices.js'
import type { SessionsDatabase } from './sessions-database.js'
import { Sweep } from './sweep.js'
import { readSessionValue, sessionValue, timed, timeOf, type SessionValue } from './values.js'
import type { WorkDatabase } from './work-database.js'

/** Where less than this share of a session's time is left in what is flushed, a use of the session is flushed too. */
const flushedShare = 3 / 4

/**
 * Two LMDB files: the sessions, which are flushed to the disk, and the work, which is not. Reads are of the memory maps and
 * take no lock; writes are transactions, of which the gate lets one run at a time, whatever process it comes from and whichever
 * file it is for.
 */
export class LmdbBackEnd implements BackEnd {
  readonly #sessions: SessionsDatabase
  readonly #work: WorkDatabase
  readonly #notices: Notices
  readonly #now: () => number
  readonly #sweepOfSessions = new Sweep()
  readonly #sweepOfWork = new Sweep()
  readonly #flushing = new Set<string>()

  constructor(sessions: SessionsDatabase, work: WorkDatabase, notices: Notices, now: () => number) {
    this.#sessions = sessions
    this.#work = work
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
    return this.#writeSessions((now) => {
      const current = this.#session(key)
      if (!isExpected(expected, current?.version)) return { written: false, current }
      this.#writeWork((database) => {
        // Of a session that has ended and was not swept yet, nothing goes over to the new one.
        if (current === undefined) forget(database, key)
        else if (database.doesExist(sessionAt(key))) database.putSync(sessionAt(key), timed(now + ttl))
        keepEvents(database, key, now + ttl, now)
      })
      this.#sessions.database.putSync(sessionAt(key), sessionValue(now + ttl, version, bytes))
      return { written: true }
    })
  }

  async deleteSession(key: string): Promise<boolean> {
    const existed = await this.#writeSessions(() => {
      const session = this.#session(key)
      this.#sessions.database.removeSync(sessionAt(key))
      return session !== undefined
    })
    // Afterwards, so that what was begun meanwhile goes too.
    this.#writeWork((database) => {
      forget(database, key)
      clearEvents(database, key)
    })
    return existed
  }

  touchSession(key: string, ttl: number): Promise<string | undefined> {
    return this.#use(key, ttl, ({ version }) => version)
  }

  async startRequest(key: string, field: string, bytes: Uint8Array, ttl: number, limit: number): Promise<StartResult> {
    const started = await this.#use(key, ttl, ({ version }, database): StartResult => {
      const isKnown = database.doesExist(requestAt(key, field))
      if (!isKnown && countOf(database, ['r', key], limit) >= limit) return 'full'
      database.putSync(requestAt(key, field), Buffer.from(bytes))
      return { version }
    })
    return started ?? 'no session'
  }

  async finishRequest(key: string, field: string): Promise<void> {
    await this.#inWork((database) => database.removeSync(requestAt(key, field)))
  }

  requestsInFlight(key: string): Promise<(readonly [string, Uint8Array])[]> {
    return this.#read(() => {
      if (this.#session(key) === undefined) return []
      return [...rangeOf(this.#work.database, ['r', key])].map(
        ({ key: [, , field], value }) => [String(field), value] as const,
      )
    })
  }

  acquireLease(key: string, name: string, owner: string, ttl: number): Promise<number | string> {
    return this.#inWork((database, now) => {
      const holder = this.#leaseOwner(key, name)
      if (holder !== undefined && holder !== owner) return holder
      database.putSync(leaseAt(key, name), timed(now + ttl, owner))
      return now + ttl
    })
  }

  renewLease(key: string, name: string, owner: string, ttl: number): Promise<boolean> {
    return this.#inWork((database, now) => {
      if (this.#leaseOwner(key, name) !== owner) return false
      database.putSync(leaseAt(key, name), timed(now + ttl, owner))
      return true
    })
  }

  releaseLease(key: string, name: string, owner: string): Promise<boolean> {
    return this.#inWork((database) => this.#leaseOwner(key, name) === owner && database.removeSync(leaseAt(key, name)))
  }

  leaseOwner(key: string, name: string): Promise<string | undefined> {
    return this.#read(() => this.#leaseOwner(key, name))
  }

  admit(group: string, member: string, ttl: number, limit: number): Promise<boolean> {
    return this.#inWork((database, now) => admit(database, group, member, ttl, limit, now))
  }

  leave(group: string, member: string): Promise<void> {
    return this.#inWork((database) => {
      leave(database, group, member)
    })
  }

  appendEvent(key: string, log: LogName, stream: string, event: RawEvent, limits: RequiredEventLimits): Promise<void> {
    return this.#inWork((database, now) => {
      appendEvent(database, key, log, stream, event, limits, now, this.#session(key)?.expiresAt ?? 0)
    })
  }

  readEvents(
    key: string,
    log: LogName,
    stream: string,
    after: string | undefined,
    limit: number,
  ): Promise<RawEventPage> {
    return this.#read(() => readEvents(this.#work.database, key, log, stream, after, limit, this.#now()))
  }

  clearEvents(key: string): Promise<void> {
    return this.#inWork((database) => {
      clearEvents(database, key)
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
    // In this order: what is still written to the sessions looks into the work.
    await this.#sessions.release()
    this.#work.release()
  }

  /** The session with the time at which it ends: by its last use, where the work knows of one. */
  #session(key: string): (SessionValue & { readonly flushedUntil: number }) | undefined {
    const value = this.#sessions.database.get(sessionAt(key))
    const session = value === undefined ? undefined : readSessionValue(value)
    if (session === undefined) return undefined
    const use = this.#work.database.get(sessionAt(key))
    const expiresAt = use === undefined ? session.expiresAt : timeOf(use)
    return expiresAt <= this.#now() ? undefined : { ...session, expiresAt, flushedUntil: session.expiresAt }
  }

  /** The session lives for another `ttl`, and something is done with it. @returns undefined where there is none */
  async #use<Result>(
    key: string,
    ttl: number,
    work: (session: SessionValue, database: Database) => Result,
  ): Promise<Result | undefined> {
    const used = await this.#inWork((database, now) => {
      this.#sessions.database.resetReadTxn()
      const session = this.#session(key)
      if (session === undefined) return undefined
      const result = work(session, database)
      database.putSync(sessionAt(key), timed(now + ttl))
      keepEvents(database, key, now + ttl, now)
      return { result, left: session.flushedUntil - now }
    })
    if (used === undefined) return undefined
    // A shorter time has to be there when the work is not, and is rare; a longer one is only the safer for being flushed.
    if (used.left > ttl) await this.#flushUse(key)
    else if (used.left < ttl * flushedShare) this.#flushUse(key).catch(() => undefined)
    return used.result
  }

  async #flushUse(key: string): Promise<void> {
    if (this.#flushing.has(key)) return
    this.#flushing.add(key)
    try {
      await this.#writeSessions(() => {
        const session = this.#session(key)
        if (session === undefined) return
        this.#sessions.database.putSync(sessionAt(key), sessionValue(session.expiresAt, session.version, session.bytes))
      })
    } finally {
      this.#flushing.delete(key)
    }
  }

  #leaseOwner(key: string, name: string): string | undefined {
    const value = this.#work.database.get(leaseAt(key, name))
    return value === undefined || timeOf(value) <= this.#now() ? undefined : value.toString('utf8', 8)
  }

  async #read<Result>(read: () => Result): Promise<Result> {
    // Another process may have written since this turn of the event loop read last.
    this.#sessions.database.resetReadTxn()
    this.#work.database.resetReadTxn()
    return Promise.resolve(read())
  }

  async #inWork<Result>(write: (database: Database, now: number) => Result): Promise<Result> {
    try {
      return await this.#work.inTurn(() => this.#written(write))
    } catch (cause) {
      throw asStoreFull(cause)
    }
  }

  #writeWork<Result>(write: (database: Database, now: number) => Result): Result {
    try {
      return this.#work.transaction(() => this.#written(write))
    } catch (cause) {
      throw asStoreFull(cause)
    }
  }

  #written<Result>(write: (database: Database, now: number) => Result): Result {
    const now = this.#now()
    const result = write(this.#work.database, now)
    this.#sweepOfWork.step(this.#work.database, now)
    return result
  }

  async #writeSessions<Result>(write: (now: number) => Result): Promise<Result> {
    try {
      return await this.#sessions.transaction(() => {
        const now = this.#now()
        this.#work.database.resetReadTxn()
        const result = write(now)
        this.#sweepOfSessions.step(this.#sessions.database, now, (key) => this.#session(key) !== undefined)
        return result
      })
    } catch (cause) {
      throw asStoreFull(cause)
    }
  }
}

/** Inside a transaction of the work: the requests in flight, and that the session was used. */
function forget(database: Database, key: string): void {
  database.removeSync(sessionAt(key))
  removeRange(database, ['r', key])
}

function isExpected(expected: Expected, version: string | undefined): boolean {
  if (expected === 'any') return true
  return expected === 'absent' ? version === undefined : version === expected.version
}

function asStoreFull(cause: unknown): unknown {
  if (!/MDB_MAP_FULL|ENOSPC|no space left/i.test(String(cause))) return cause
  return new StoreError('store_full', `The disk of the store is full: ${String(cause)}`, { cause })
}
