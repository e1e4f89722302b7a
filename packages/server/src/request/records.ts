import { StoreError, type Store } from '@mcp-tether/store'
import type { LiveSession } from '../session/live-session.js'
import { isSameSession, readRecord, toJson, type SessionRecord } from '../session/session-record.js'

/** Tries to change a record that others change too. */
const maxTries = 20

/** A record, and the version by which a change of another process shows. */
export interface VersionedRecord {
  readonly record: SessionRecord
  readonly version: string
}

/** The records of the sessions in the store. */
export class SessionRecords {
  readonly #sessions: Store['sessions']
  readonly #ttl: { readonly idle: number; readonly absolute: number }
  readonly #now: () => number

  constructor({ sessions }: Store, ttl: { readonly idle: number; readonly absolute: number }, now: () => number) {
    this.#sessions = sessions
    this.#ttl = ttl
    this.#now = now
  }

  /** @returns undefined where there is none, or its time is over */
  async read(sessionId: string): Promise<VersionedRecord | undefined> {
    const stored = await this.#sessions.get(sessionId)
    const record = stored === undefined ? undefined : readRecord(stored.data)
    if (stored === undefined || record === undefined || this.isOver(record)) return undefined
    return { record, version: stored.version }
  }

  /** @returns its version */
  write(sessionId: string, record: SessionRecord): Promise<string> {
    return this.#sessions.put(sessionId, toJson(record), this.ttlOf(record))
  }

  /** @returns its version; undefined where there is a session of that id */
  async writeNew(sessionId: string, record: SessionRecord): Promise<string | undefined> {
    const result = await this.#sessions.compareAndSet(sessionId, undefined, toJson(record), this.ttlOf(record))
    return result.written ? result.version : undefined
  }

  /** Changes the record of a session, whoever else changes it. @throws StoreError `store_failed` where others were always quicker */
  async change(
    live: Pick<LiveSession, 'sessionId' | 'version' | 'record'>,
    change: (record: SessionRecord) => SessionRecord,
  ): Promise<void> {
    const { version, record } = live
    let stored = { version, record }
    for (let tries = 0; tries < maxTries; tries++) {
      const next = change(stored.record)
      const ttl = this.ttlOf(next)
      const result = await this.#sessions.compareAndSet(live.sessionId, stored.version, toJson(next), ttl)
      if (result.written) {
        // What others wrote in between this instance was not told: its old version makes the next request do that.
        if (stored.version === version) live.version = result.version
        live.record = change(record)
        return
      }
      const current = result.current === undefined ? undefined : readRecord(result.current.data)
      // It was ended meanwhile: there is nothing to remember it in.
      if (result.current === undefined || current === undefined || !isSameSession(record, current)) return
      stored = { version: result.current.version, record: current }
    }
    throw new StoreError('store_failed', `Others were quicker to change the session ${maxTries} times.`)
  }

  /** Whether the session has lived as long as one may. */
  isOver({ createdAt }: SessionRecord): boolean {
    return createdAt + this.#ttl.absolute <= this.#now()
  }

  /** What remains of a session's time, in ms. */
  ttlOf({ createdAt }: SessionRecord): number {
    return Math.max(1, Math.min(this.#ttl.idle, createdAt + this.#ttl.absolute - this.#now()))
  }
}
