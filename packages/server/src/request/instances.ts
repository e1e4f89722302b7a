import { within } from '../base/within.js'
import { StartTimeout } from '../base/start-timeout.js'
import type { RequestOptions, Sdk, SdkServer } from '../sdk/sdk.js'
import { standaloneStreamId } from '../session/event-log.js'
import type { InstanceOwner, LiveSession } from '../session/live-session.js'
import { catchUp, makeInstance, replayHandshake, type InstanceSettings } from '../session/make-instance.js'
import type { SessionRecord } from '../session/session-record.js'
import type { Settings } from './settings.js'

/** Who takes what instances tell. */
export interface InstancesOwner extends InstanceOwner {
  /** Wakes who follows the session's streams, here and elsewhere. */
  ring(sessionId: string): void
  /** The same for its standalone stream. */
  ringStandalone(sessionId: string): void
  storeFailed(sessionId: string, error: unknown): void
}

/** Makes servers for sessions; none takes longer than `startTimeout`. */
export class Instances<Server extends SdkServer> {
  readonly #settings: Settings<Server>
  readonly #owner: InstancesOwner

  constructor(settings: Settings<Server>, owner: InstancesOwner) {
    this.#settings = settings
    this.#owner = owner
  }

  /** One that nothing was said to yet. @throws StartTimeout; what `createServer` throws */
  fresh(sdk: Sdk, sessionId: string, record: SessionRecord, options: RequestOptions): Promise<LiveSession> {
    return this.#inTime(this.#make(sdk, sessionId, record, options))
  }

  /**
   * One that is where the session was.
   * @throws StartTimeout; what `createServer` and `rehydrate` throw; Error where the server refuses the handshake
   */
  restored(
    arrival: { readonly sdk: Sdk; readonly request: Request; readonly options: RequestOptions },
    sessionId: string,
    record: SessionRecord,
    isRecreated: boolean,
  ): Promise<LiveSession> {
    const { sdk, request, options } = arrival
    return this.#inTime(this.#make(sdk, sessionId, record, options), async (live) => {
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
        isRecreated,
      })
      live.record = { ...record, logLevel: null, subscriptions: [] }
      await catchUp(live, record, request, options.authInfo)
      live.record = record
    })
  }

  #make(sdk: Sdk, sessionId: string, record: SessionRecord, options: RequestOptions): Promise<LiveSession> {
    const settings: InstanceSettings = {
      sdk,
      createServer: this.#settings.createServer,
      transportOptions: this.#settings.transportOptions,
      owner: this.#owner,
      now: this.#settings.now,
      onStoreFailure: (id, error) => {
        this.#owner.storeFailed(id, error)
      },
      onEvent: (live, streamId) => {
        if (streamId === standaloneStreamId) this.#owner.ringStandalone(live.sessionId)
        // A call's stream is mostly read by nobody but the call itself.
        else if (live.followedElsewhere.has(streamId)) this.#owner.ring(live.sessionId)
        else live.ring()
      },
    }
    const events = this.#settings.store.events(sessionId)
    return makeInstance(settings, { sessionId, record, events }, options.authInfo)
  }

  async #inTime(making: Promise<LiveSession>, finish?: (live: LiveSession) => Promise<void>): Promise<LiveSession> {
    const { startTimeout } = this.#settings
    const starting = making.then(async (live) => {
      await finish?.(live)
      return live
    })
    try {
      const started = await within(startTimeout, starting)
      if (started === undefined) throw new StartTimeout(startTimeout)
      return started.value
    } catch (error) {
      // Also where it comes later: nobody wants it any more.
      making.then((live) => live.close()).catch(() => undefined)
      throw error
    }
  }
}
