import { randomBytes } from 'node:crypto'
import type { Store } from '@mcp-tether/store'
import type { Instrument } from '../base/events.js'
import { fingerprint } from '../base/fingerprint.js'
import { StartTimeout } from '../base/start-timeout.js'
import { within } from '../base/within.js'
import type { RequestOptions, Sdk, SdkServer } from '../sdk/sdk.js'
import type { RunningRequest } from '../session/dispatch.js'
import type { InstanceOwner, LiveSession } from '../session/live-session.js'
import { LiveSessions } from '../session/live-sessions.js'
import { catchUp } from '../session/make-instance.js'
import { Membership, type Limit } from '../session/membership.js'
import type { ProcessLife } from '../session/process-life.js'
import { changeBy, isSameSession, type SessionRecord } from '../session/session-record.js'
import { isObject, type JsonRpcMessage } from '../wire/json-rpc.js'
import { AnsweredNotes } from './answered-notes.js'
import { Instances } from './instances.js'
import { recreatedRecord } from './recreated-record.js'
import { SessionRecords, type VersionedRecord } from './records.js'
import { listen } from './session-notices.js'
import type { Settings } from './settings.js'

/** A request that may bring a session back. */
export interface Arrival {
  readonly sdk: Sdk
  readonly request: Request
  readonly options: RequestOptions
}

/** Finds, makes, brings back and ends sessions. */
export class SessionKeeper<Server extends SdkServer> implements InstanceOwner {
  readonly store: Store
  readonly live: LiveSessions
  readonly records: SessionRecords
  readonly notes: AnsweredNotes
  readonly #settings: Settings<Server>
  readonly #membership: Membership
  readonly #instances: Instances<Server>
  readonly #tell: Instrument
  /** What is being brought back, by principal and id. */
  readonly #restoring = new Map<string, Promise<LiveSession | Limit | undefined>>()
  readonly #persisted = new WeakMap<LiveSession, (record: SessionRecord) => Promise<void>>()

  constructor(settings: Settings<Server>, life: ProcessLife, tell: Instrument) {
    this.#settings = settings
    this.store = settings.store
    this.notes = new AnsweredNotes(settings.store, life.owner, (sessionId, error) => {
      this.storeFailed(sessionId, error)
    })
    this.#tell = tell
    this.records = new SessionRecords(settings.store, settings.ttl, settings.now)
    this.#membership = new Membership(settings.store.sessions, settings.limits)
    this.#instances = new Instances(settings, this)
    this.live = new LiveSessions(settings.limits.live, settings.ttl.live, settings.now)
  }

  newSessionId(): string {
    return randomBytes(24).toString('base64url')
  }

  /** @returns which limit stands against another session; undefined: it counts from now on */
  async admit(sessionId: string, principal: string | null): Promise<Limit | undefined> {
    if (this.live.isFull) return 'too_many_live_sessions'
    return this.#membership.admit(sessionId, principal, this.#settings.ttl.idle)
  }

  leave(sessionId: string, principal: string | null): Promise<void> {
    return this.#membership.leave(sessionId, principal)
  }

  /** A server for a session that a client initializes. It is stored, and belongs to the live ones, when it answers well. */
  async create(sdk: Sdk, sessionId: string, principal: string | null, params: unknown, options: RequestOptions) {
    const record: SessionRecord = {
      format: 1,
      initialize: (isObject(params) ? params : {}) as SessionRecord['initialize'],
      protocolVersion: '',
      principal,
      createdAt: this.#settings.now(),
      logLevel: null,
      subscriptions: [],
    }
    const live = await this.#instances.fresh(sdk, sessionId, record, options)
    this.#persisted.set(live, async (negotiated) => {
      live.record = negotiated
      live.version = await this.records.write(sessionId, negotiated)
      try {
        await this.#listen(live)
        // Nobody waits for it any more.
        if (live.isClosed) throw new StartTimeout(this.#settings.startTimeout)
      } catch (error) {
        await this.store.sessions.delete(sessionId)
        throw error
      }
      this.live.add(live, this.#settings.now())
      this.#tell({ type: 'server-session-created', session: fingerprint(sessionId) })
    })
    return live
  }

  /** The session of this id and principal, brought back if need be; undefined: there is none for them. */
  async find(arrival: Arrival, sessionId: string, principal: string | null): Promise<LiveSession | Limit | undefined> {
    const live = this.live.get(sessionId)
    if (live !== undefined) {
      const isOver = this.records.isOver(live.record)
      if (live.record.principal === principal && !isOver) return live
      // It may have ended, and been made again for somebody else.
      if (!isOver && (await this.records.read(sessionId))?.record.principal !== principal) return undefined
      await this.close(live)
      if (isOver) return undefined
    }
    const key = JSON.stringify([principal, sessionId])
    let restoring = this.#restoring.get(key)
    if (restoring === undefined) {
      restoring = this.#bringBack(arrival, sessionId, principal).finally(() => this.#restoring.delete(key))
      this.#restoring.set(key, restoring)
    }
    return restoring
  }

  /**
   * Brings an instance to what is stored, where that is of another version.
   * @returns whether the session is still there, and not another one under its id
   * @throws StartTimeout where the author's server does not answer what it is told again; the next request gets a new one
   */
  async bringTo(version: string, live: LiveSession, request: Request, options: RequestOptions): Promise<boolean> {
    if (version === live.version) return true
    const brought = live.inTurn(async () => {
      // Somebody else may have done it meanwhile; whoever comes now waits until it is done.
      if (version === live.version) return true
      const stored = await this.records.read(live.sessionId)
      if (stored === undefined || !isSameSession(live.record, stored.record)) return false
      await catchUp(live, stored.record, request, options.authInfo)
      live.record = stored.record
      live.version = stored.version
      return true
    })
    const isThere = await within(this.#settings.startTimeout, brought)
    if (isThere !== undefined) return isThere.value
    await this.live.retire(live)
    throw new StartTimeout(this.#settings.startTimeout)
  }

  /** Ends a session everywhere, elsewhere first: here it takes its time. @returns whether there was one for this principal */
  async end(sessionId: string, principal: string | null): Promise<boolean> {
    const record = this.live.get(sessionId)?.record ?? (await this.records.read(sessionId))?.record
    if (record?.principal !== principal) return false
    const existed = await this.store.sessions.delete(sessionId)
    if (existed) await this.store.bus.publish(sessionId, { type: 'ended' })
    await this.leave(sessionId, principal)
    await this.gone(sessionId)
    return existed
  }

  /** The session is no more: nothing of it stays here. */
  async gone(sessionId: string): Promise<void> {
    const retired = this.live.retired(sessionId)
    if (retired !== undefined) await this.live.drop(retired)
    const live = this.live.get(sessionId)
    if (live !== undefined) await this.close(live)
  }

  /** The session of this instance is no more, whatever is under its id now. */
  async close(live: LiveSession): Promise<void> {
    if (live.isClosed) return
    this.#tell({ type: 'server-session-closed', session: fingerprint(live.sessionId) })
    await this.live.drop(live)
  }

  /** For what lives on without requests, which would tell. */
  async endIfGone(live: LiveSession): Promise<void> {
    const stored = await this.records.read(live.sessionId)
    if (stored !== undefined && isSameSession(stored.record, live.record)) return
    await this.close(live)
  }

  async answering(live: LiveSession, { method, params, dispatch }: RunningRequest, answer: JsonRpcMessage) {
    if (!isObject(answer.result) || dispatch.isSynthetic) return
    const persist = this.#persisted.get(live)
    if (method === 'initialize' && persist !== undefined) {
      const { protocolVersion } = answer.result
      if (typeof protocolVersion !== 'string') return
      this.#persisted.delete(live)
      await persist({ ...live.record, protocolVersion })
      return
    }
    const change = changeBy(method, params)
    if (change === undefined) return
    const { startTimeout } = this.#settings
    const changing = live.inTurn(() => this.records.change(live, change))
    const changed = await within(startTimeout, changing)
    if (changed === undefined) throw new StartTimeout(startTimeout)
  }

  finished(live: LiveSession, request: RunningRequest): void {
    const { isSynthetic, streamId } = request.dispatch
    if (isSynthetic || live.version === undefined) return
    void this.notes.remove(live, request).then(() => {
      if (live.followedElsewhere.delete(streamId)) this.ring(live.sessionId)
      else live.ring()
    })
  }

  /** Wakes who follows the session's streams, here and elsewhere. */
  ring(sessionId: string): void {
    this.live.get(sessionId)?.ring()
    this.store.bus.publish(sessionId, { type: 'events' }).catch((error: unknown) => {
      this.storeFailed(sessionId, error)
    })
  }

  /** The same for its standalone stream; where that is here, nobody else has to know. */
  ringStandalone(sessionId: string): void {
    const live = this.live.get(sessionId)
    if (live?.standalone === undefined) this.ring(sessionId)
    else live.ring()
  }

  storeFailed(sessionId: string, error: unknown): void {
    this.#tell({ type: 'server-store-failed', session: fingerprint(sessionId), error })
  }

  /** It lives on. Follows the request it is said with. */
  keep(live: LiveSession): void {
    const { sessionId, record } = live
    if (!this.live.isMembershipDue(live, this.#settings.ttl.idle / 4)) return
    this.#membership.keep(sessionId, record.principal, this.records.ttlOf(record)).catch((error: unknown) => {
      this.storeFailed(sessionId, error)
    })
  }

  async #bringBack(arrival: Arrival, sessionId: string, principal: string | null) {
    const stored = await this.records.read(sessionId)
    if (stored !== undefined) {
      if (stored.record.principal !== principal) return undefined
      return this.live.isFull ? 'too_many_live_sessions' : this.#restore(arrival, sessionId, stored)
    }
    if (this.#settings.unknownSessions === 'refuse' || principal === null) return undefined
    return this.#recreate(arrival, sessionId, principal)
  }

  async #restore(arrival: Arrival, sessionId: string, stored: VersionedRecord, isRecreated = false) {
    const began = this.#settings.now()
    const session = fingerprint(sessionId)
    let live: LiveSession
    try {
      live = await this.#instances.restored(arrival, sessionId, stored.record, isRecreated)
      live.version = stored.version
    } catch (error) {
      this.#tell({ type: 'server-session-restore-failed', session, error })
      throw error
    }
    try {
      await this.#listen(live)
    } catch (error) {
      await live.close()
      throw error
    }
    // One that was remembered may count no more: its time in its group is not the session's.
    live.predecessor = this.live.retired(sessionId)
    this.live.add(live, isRecreated ? began : undefined)
    const type = isRecreated ? 'server-session-recreated' : 'server-session-restored'
    this.#tell({ type, session, durationMs: this.#settings.now() - began })
    return live
  }

  /** A session that nobody remembers, of what the request says. */
  async #recreate(arrival: Arrival, sessionId: string, principal: string) {
    const record = recreatedRecord(arrival.request, principal, this.#settings.now())
    const version = record === undefined ? undefined : await this.records.writeNew(sessionId, record)
    if (record === undefined || version === undefined) {
      // Another process was quicker, or it is somebody else's.
      const stored = record === undefined ? undefined : await this.records.read(sessionId)
      return stored?.record.principal === principal ? this.#restore(arrival, sessionId, stored) : undefined
    }
    try {
      // Of the session that had this id, nothing goes over to this one.
      await this.store.events(sessionId).clear()
      await this.store.bus.publish(sessionId, { type: 'recreated', createdAt: record.createdAt, principal })
      const limit = await this.admit(sessionId, principal)
      if (limit === undefined) return await this.#restore(arrival, sessionId, { record, version }, true)
      await this.store.sessions.delete(sessionId)
      return limit
    } catch (error) {
      await this.store.sessions.delete(sessionId).catch(() => undefined)
      await this.leave(sessionId, principal).catch(() => undefined)
      throw error
    }
  }

  #listen(live: LiveSession): Promise<void> {
    const { sessionId } = live
    return listen(this.store, live, {
      onEnded: () => void this.gone(sessionId),
      onReplaced: () => void this.close(live),
      onFailure: (error) => {
        this.storeFailed(sessionId, error)
      },
    })
  }
}
