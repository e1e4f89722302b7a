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
import { ExpiringMap } from './expiring-map.js'
import { MemoryLog } from './memory-log.js'

interface Session extends RawSession {
  expiresAt: number
  readonly requests: Map<string, Uint8Array>
}

interface Logs {
  expiresAt: number
  readonly standalone: MemoryLog
  readonly calls: MemoryLog
}

interface Lease {
  readonly owner: string
  readonly expiresAt: number
}

/* eslint-disable @typescript-eslint/require-await -- the contract is that of stores which are elsewhere */

/** Everything in maps of this process. */
export class MemoryBackEnd implements BackEnd {
  readonly #now: () => number
  readonly #maxSessions: number
  readonly #sessions: ExpiringMap<Session>
  readonly #logs: ExpiringMap<Logs>
  readonly #leases: ExpiringMap<Lease>
  readonly #groups = new Map<string, Map<string, number>>()
  readonly #listeners = new Set<NoticeListener>()

  constructor(now: () => number, maxSessions: number) {
    this.#now = now
    this.#maxSessions = maxSessions
    this.#sessions = new ExpiringMap(now)
    this.#logs = new ExpiringMap(now)
    this.#leases = new ExpiringMap(now)
  }

  async readSession(key: string): Promise<RawSession | undefined> {
    const session = this.#sessions.get(key)
    return session && { bytes: session.bytes, version: session.version, expiresAt: session.expiresAt }
  }

  async writeSession(
    key: string,
    { bytes, version }: { bytes: Uint8Array; version: string },
    ttl: number,
    expected: Expected,
  ): Promise<RawWriteResult> {
    const current = this.#sessions.get(key)
    if (!isExpected(expected, current?.version) && current?.version !== version) {
      return { written: false, current }
    }
    if (current === undefined) this.#makeRoom(this.#sessions)
    const expiresAt = this.#now() + ttl
    this.#sessions.set(key, { bytes, version, expiresAt, requests: current?.requests ?? new Map<string, Uint8Array>() })
    this.#keepLogs(key, expiresAt)
    return { written: true }
  }

  async deleteSession(key: string): Promise<boolean> {
    this.#logs.delete(key)
    return this.#sessions.delete(key)
  }

  async touchSession(key: string, ttl: number): Promise<string | undefined> {
    const session = this.#sessions.get(key)
    if (session === undefined) return undefined
    session.expiresAt = this.#now() + ttl
    this.#keepLogs(key, session.expiresAt)
    return session.version
  }

  async startRequest(key: string, field: string, bytes: Uint8Array, ttl: number, limit: number): Promise<StartResult> {
    if ((await this.touchSession(key, ttl)) === undefined) return 'no session'
    const session = this.#sessions.get(key)
    if (session === undefined) return 'no session'
    const { requests, version } = session
    if (requests.size >= limit && !requests.has(field)) return 'full'
    requests.set(field, bytes)
    return { version }
  }

  async finishRequest(key: string, field: string): Promise<void> {
    this.#sessions.get(key)?.requests.delete(field)
  }

  async requestsInFlight(key: string): Promise<(readonly [string, Uint8Array])[]> {
    return [...(this.#sessions.get(key)?.requests ?? [])]
  }

  async acquireLease(key: string, name: string, owner: string, ttl: number): Promise<number | string> {
    const holder = this.#leases.get(leaseKey(key, name))?.owner
    if (holder !== undefined && holder !== owner) return holder
    const expiresAt = this.#now() + ttl
    this.#leases.set(leaseKey(key, name), { owner, expiresAt })
    return expiresAt
  }

  async renewLease(key: string, name: string, owner: string, ttl: number): Promise<boolean> {
    if (this.#leases.get(leaseKey(key, name))?.owner !== owner) return false
    this.#leases.set(leaseKey(key, name), { owner, expiresAt: this.#now() + ttl })
    return true
  }

  async releaseLease(key: string, name: string, owner: string): Promise<boolean> {
    return this.#leases.get(leaseKey(key, name))?.owner === owner && this.#leases.delete(leaseKey(key, name))
  }

  async leaseOwner(key: string, name: string): Promise<string | undefined> {
    return this.#leases.get(leaseKey(key, name))?.owner
  }

  async admit(group: string, member: string, ttl: number, limit: number): Promise<boolean> {
    const members = this.#groups.get(group) ?? new Map<string, number>()
    const now = this.#now()
    if (!members.has(member) && members.size >= limit) {
      for (const [other, expiresAt] of members) if (expiresAt <= now) members.delete(other)
    }
    if (!((members.get(member) ?? 0) > now) && members.size - (members.has(member) ? 1 : 0) >= limit) return false
    members.set(member, now + ttl)
    this.#groups.set(group, members)
    return true
  }

  async leave(group: string, member: string): Promise<void> {
    const members = this.#groups.get(group)
    members?.delete(member)
    if (members?.size === 0) this.#groups.delete(group)
  }

  async appendEvent(
    key: string,
    log: LogName,
    stream: string,
    event: RawEvent,
    limits: RequiredEventLimits,
  ): Promise<void> {
    const now = this.#now()
    const logs = this.#logs.get(key) ?? { expiresAt: 0, standalone: new MemoryLog(), calls: new MemoryLog() }
    if (logs.expiresAt === 0) this.#makeRoom(this.#logs)
    logs.expiresAt = Math.max(logs.expiresAt, now + limits.maxAge, this.#sessions.get(key)?.expiresAt ?? 0)
    logs[log].append(stream, event, now, limits)
    this.#logs.set(key, logs)
  }

  async readEvents(
    key: string,
    log: LogName,
    stream: string,
    after: string | undefined,
    limit: number,
  ): Promise<RawEventPage> {
    const logs = this.#logs.get(key)
    return logs?.[log].read(stream, after, limit) ?? { found: after === undefined, events: [], more: false }
  }

  async clearEvents(key: string): Promise<void> {
    this.#logs.delete(key)
  }

  async publish(to: string, bytes: Uint8Array): Promise<void> {
    // Later, as from everywhere else: a publisher is never called back from within its own call.
    queueMicrotask(() => {
      for (const listener of this.#listeners) listener.onNotice(to, bytes)
    })
  }

  async subscribe(listener: NoticeListener): Promise<() => void> {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    this.#sessions.clear()
    this.#logs.clear()
    this.#leases.clear()
    this.#groups.clear()
    this.#listeners.clear()
  }

  #keepLogs(key: string, expiresAt: number): void {
    const logs = this.#logs.get(key)
    if (logs !== undefined) logs.expiresAt = Math.max(logs.expiresAt, expiresAt)
  }

  #makeRoom(map: ExpiringMap<Session> | ExpiringMap<Logs>): void {
    if (map.size < this.#maxSessions) return
    map.sweepAll()
    if (map.size >= this.#maxSessions) {
      throw new StoreError('store_full', `The store has ${this.#maxSessions} sessions and takes no other one.`)
    }
  }
}

function isExpected(expected: Expected, version: string | undefined): boolean {
  if (expected === 'any') return true
  return expected === 'absent' ? version === undefined : version === expected.version
}

function leaseKey(key: string, name: string): string {
  return `${key}.${name}`
}
