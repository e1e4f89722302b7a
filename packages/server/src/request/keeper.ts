import { randomBytes } from 'node:crypto'
import type { JsonValue, Store } from '@mcp-tether/store'
import type { Instrument } from '../base/events.js'
import { fingerprint } from '../base/fingerprint.js'
import type { RequestOptions, Sdk, SdkServer } from '../sdk/sdk.js'
import type { RunningRequest } from '../session/dispatch.js'
import { standaloneStreamId } from '../session/event-log.js'
import type { InstanceOwner, LiveSession } from '../session/live-session.js'
import { LiveSessions } from '../session/live-sessions.js'
import { catchUp, makeInstance, replayHandshake, type InstanceSettings } from '../session/make-instance.js'
import { Membership } from '../session/membership.js'
import type { ProcessLife } from '../session/process-life.js'
import { changeBy, readRecord, toJson, type SessionRecord } from '../session/session-record.js'
import { isObject, type JsonRpcMessage } from '../wire/json-rpc.js'
import type { Settings } from './settings.js'

/** Tries to change a record that others change too. */
const maxTries = 20

/** Finds, makes, brings back and ends sessions. */
export class SessionKeeper<Server extends SdkServer> implements InstanceOwner {
  readonly store: Store
  readonly live: LiveSessions
  readonly #settings: Settings<Server>
  readonly #life: ProcessLife
  readonly #membership: Membership
  readonly #tell: Instrument
  readonly #restoring = new Map<string, Promise<LiveSession>>()
  readonly #persisted = new WeakMap<LiveSession, (record: SessionRecord) => Promise<void>>()

  constructor(settings: Settings<Server>, life: ProcessLife, tell: Instrument) {
    this.#settings = settings
    this.store = settings.store
    this.#life = life
    this.#membership = new Membership(settings.store.sessions, settings.limits)
    this.#tell = tell
    this.live = new LiveSessions(settings.limits.live, settings.ttl.live, settings.now)
  }

  newSessionId(): string {
    return randomBytes(24).toString('base64url')
  }

  admit(sessionId: string, principal: string | null) {
    return this.#membership.admit(sessionId, principal, this.#settings.ttl.idle)
  }

  leave(sessionId: string, principal: string | null): Promise<void> {
    return this.#membership.leave(sessionId, principal)
  }

  /**
   * A server for a session that a client initializes. It is stored before `persist` of the answer resolves.
   * @returns the instance, and a promise of whether the server accepted
   */
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
    const live = await this.#instance(sdk, sessionId, record, options)
    this.#persisted.set(live, async (negotiated) => {
      live.record = negotiated
      live.version = await this.store.sessions.put(sessionId, toJson(negotiated), this.ttlOf(negotiated))
      this.live.add(live)
      await this.#listen(live)
      this.#tell({ type: 'server-session-created', session: fingerprint(sessionId) })
    })
    return live
  }

  /** The session of this id and principal, brought back if need be; undefined: there is none for them. */
  async find(
    sdk: Sdk,
    sessionId: string,
    principal: string | null,
    request: Request,
    options: RequestOptions,
  ): Promise<LiveSession | undefined> {
    const live = this.live.get(sessionId)
    if (live !== undefined) return live.record.principal === principal ? live : undefined
    const stored = await this.#read(sessionId)
    if (stored?.record.principal !== principal) return undefined
    let restoring = this.#restoring.get(sessionId)
    if (restoring === undefined) {
      restoring = this.#restore(sdk, sessionId, stored, request, options).finally(() =>
        this.#restoring.delete(sessionId),
      )
      this.#restoring.set(sessionId, restoring)
    }
    return restoring
  }

  /** What remains of a session's time. */
  ttlOf({ createdAt }: SessionRecord): number {
    const { idle, absolute } = this.#settings.ttl
    return Math.max(1, Math.min(idle, createdAt + absolute - this.#settings.now()))
  }

  /** Brings an instance to what is stored, where that is of another version. @returns whether the session is still there */
  async bringTo(version: string, live: LiveSession, request: Request, options: RequestOptions): Promise<boolean> {
    if (version === live.version) return true
    return live.inTurn(async () => {
      // Somebody else may have done it meanwhile; whoever comes now waits until it is done.
      if (version === live.version) return true
      const stored = await this.#read(live.sessionId)
      if (stored === undefined) return false
      await catchUp(live, stored.record, request, options.authInfo)
      live.record = stored.record
      live.version = stored.version
      return true
    })
  }

  /** Ends a session everywhere. @returns whether there was one for this principal */
  async end(sessionId: string, principal: string | null): Promise<boolean> {
    const record = this.live.get(sessionId)?.record ?? (await this.#read(sessionId))?.record
    if (record?.principal !== principal) return false
    const existed = await this.store.sessions.delete(sessionId)
    await this.#membership.leave(sessionId, principal)
    await this.gone(sessionId)
    if (existed) await this.store.bus.publish(sessionId, { type: 'ended' })
    return existed
  }

  /** The session is no more: nothing of it stays here. */
  async gone(sessionId: string): Promise<void> {
    const live = this.live.get(sessionId)
    if (live === undefined) return
    this.#tell({ type: 'server-session-closed', session: fingerprint(sessionId) })
    await this.live.drop(live)
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
    if (change !== undefined) await live.inTurn(() => this.#change(live, change))
  }

  finished(live: LiveSession, { id, dispatch }: RunningRequest): void {
    if (dispatch.isSynthetic || live.version === undefined) return
    // After its events: whoever finds no note must find the answer.
    live
      .settled(dispatch.streamId)
      .then(() => this.store.sessions.finishRequest(live.sessionId, id, this.#life.owner))
      .then(() => {
        if (live.followedElsewhere.delete(dispatch.streamId)) this.ring(live.sessionId)
        else live.ring()
      })
      .catch((error: unknown) => {
        this.storeFailed(live.sessionId, error)
      })
  }

  async forward(live: LiveSession, message: JsonRpcMessage): Promise<void> {
    try {
      await this.store.bus.publish(live.sessionId, { type: 'message', message: message as JsonValue })
    } catch (error) {
      this.storeFailed(live.sessionId, error)
    }
  }

  /** Wakes who follows the session's streams, here and elsewhere. */
  ring(sessionId: string): void {
    const live = this.live.get(sessionId)
    live?.ring()
    this.store.bus.publish(sessionId, { type: 'events' }).catch((error: unknown) => {
      this.storeFailed(sessionId, error)
    })
  }

  storeFailed(sessionId: string, error: unknown): void {
    this.#tell({ type: 'server-store-failed', session: fingerprint(sessionId), error })
  }

  /** It lives on. Follows the request it is said with. */
  keep(live: LiveSession): void {
    const { sessionId, record } = live
    if (!this.live.isMembershipDue(live, this.#settings.ttl.idle / 4)) return
    this.#membership.keep(sessionId, record.principal, this.ttlOf(record)).catch((error: unknown) => {
      this.storeFailed(sessionId, error)
    })
  }

  async #read(sessionId: string) {
    const stored = await this.store.sessions.get(sessionId)
    const record = stored === undefined ? undefined : readRecord(stored.data)
    if (stored === undefined || record === undefined) return undefined
    if (record.createdAt + this.#settings.ttl.absolute <= this.#settings.now()) return undefined
    return { record, version: stored.version }
  }

  async #restore(
    sdk: Sdk,
    sessionId: string,
    { record, version }: { record: SessionRecord; version: string },
    request: Request,
    options: RequestOptions,
  ): Promise<LiveSession> {
    const began = this.#settings.now()
    const session = fingerprint(sessionId)
    let live: LiveSession | undefined
    try {
      live = await this.#instance(sdk, sessionId, record, options)
      live.version = version
      await replayHandshake(live, request, options.authInfo)
      await this.#settings.rehydrate?.({
        sessionId,
        server: live.server as Server,
        initialize: record.initialize,
        protocolVersion: record.protocolVersion,
        logLevel: record.logLevel ?? undefined,
        subscriptions: record.subscriptions,
        createdAt: record.createdAt,
        authInfo: options.authInfo,
      })
      live.record = { ...record, logLevel: null, subscriptions: [] }
      await catchUp(live, record, request, options.authInfo)
      live.record = record
      await this.#listen(live)
    } catch (error) {
      await live?.close()
      this.#tell({ type: 'server-session-restore-failed', session, error })
      throw error
    }
    this.live.add(live)
    this.#tell({ type: 'server-session-restored', session, durationMs: this.#settings.now() - began })
    return live
  }

  #instance(sdk: Sdk, sessionId: string, record: SessionRecord, options: RequestOptions): Promise<LiveSession> {
    const settings: InstanceSettings = {
      sdk,
      createServer: this.#settings.createServer,
      transportOptions: this.#settings.transportOptions,
      owner: this,
      now: this.#settings.now,
      onStoreFailure: (id, error) => {
        this.storeFailed(id, error)
      },
      onEvent: (live, streamId) => {
        // A call's stream is mostly read by nobody but the call itself.
        if (streamId === standaloneStreamId || live.followedElsewhere.has(streamId)) this.ring(live.sessionId)
        else live.ring()
      },
    }
    return makeInstance(settings, { sessionId, record, events: this.store.events(sessionId) }, options.authInfo)
  }

  async #listen(live: LiveSession): Promise<void> {
    const stop = await this.store.bus.subscribe(live.sessionId, {
      onMessage: (message) => {
        if (!isObject(message)) return
        if (message.type === 'events') live.ring()
        if (message.type === 'ended') void this.gone(live.sessionId)
        if (message.type === 'message' && isObject(message.message)) live.deliver(message.message)
        if (message.type === 'yield' && typeof message.owner === 'string') live.yield(message.owner)
        if (message.type === 'follow' && typeof message.streamId === 'string') live.followElsewhere(message.streamId)
      },
      onGap: () => {
        live.ring()
      },
    })
    live.onEnd(stop)
  }

  async #change(live: LiveSession, change: (record: SessionRecord) => SessionRecord): Promise<void> {
    const { version, record } = live
    let stored = { version, record }
    for (let tries = 0; tries < maxTries; tries++) {
      const next = change(stored.record)
      const { sessions } = this.store
      const result = await sessions.compareAndSet(live.sessionId, stored.version, toJson(next), this.ttlOf(next))
      if (result.written) {
        // Where somebody else wrote in between, this instance does not know of it: with its old version, the next request tells.
        if (stored.version === version) live.version = result.version
        live.record = change(live.record)
        return
      }
      const current = result.current === undefined ? undefined : readRecord(result.current.data)
      // It was ended meanwhile: there is nothing to remember it in.
      if (result.current === undefined || current === undefined) return
      stored = { version: result.current.version, record: current }
    }
  }
}
