import type { JsonObject } from '@mcp-tether/store'
import { createInstrument } from '../base/events.js'
import { StartTimeout } from '../base/start-timeout.js'
import { within } from '../base/within.js'
import {
  expressFace,
  fastifyFace,
  honoFace,
  type ExpressFace,
  type FastifyFace,
  type HonoFace,
} from '../faces/frameworks.js'
import { nodeFace, type FetchFace, type NodeFace } from '../faces/node-face.js'
import { detectSdk, sdkOf } from '../sdk/detect-sdk.js'
import type { RequestOptions, Sdk, SdkServer } from '../sdk/sdk.js'
import { standaloneStreamId } from '../session/event-log.js'
import { ProcessLife } from '../session/process-life.js'
import { unavailable } from '../wire/error-answers.js'
import { isObject } from '../wire/json-rpc.js'
import { handle } from './handle.js'
import { SessionKeeper } from './keeper.js'
import type { PersistentSessionsOptions } from './options.js'
import { settingsOf } from './settings.js'

/** A JSON-RPC notification without its `jsonrpc`. */
export interface Notification {
  readonly method: string
  readonly params?: JsonObject
}

export interface PersistentSessions extends AsyncDisposable {
  /** Web standard: Cloudflare-shaped handlers, Deno, Bun, tests. Never rejects. */
  readonly fetch: FetchFace
  /** For `node:http`. */
  node(): NodeFace
  express(): ExpressFace
  hono(): HonoFace
  fastify(): FastifyFace
  /**
   * Sends a notification on the session's standalone stream, on whichever process it is. Without one it waits in the store:
   * for the session's first stream, or for one that comes back with a `Last-Event-ID`. A later one without begins anew.
   * @returns whether there is such a session
   */
  notify(sessionId: string, notification: Notification): Promise<boolean>
  /** Sends it to every session whose standalone stream is open, on any process. @throws StoreError beyond 64 KiB */
  broadcast(notification: Notification): Promise<void>
  /**
   * Takes no more requests (503), waits for those that run, ends the streams and lets go. The sessions stay in the store,
   * and other processes go on with them; so the store stays open.
   * @param options.timeout ms to wait for calls. @default 10 seconds
   */
  close(options?: { readonly timeout?: number }): Promise<void>
}

/**
 * Sessions that outlive the process: what a server of the official SDK, v1 or v2, keeps of a session goes to a store, and
 * a request whose session this process does not hold finds it made again, under the same id.
 * @throws TypeError for an option that can't be meant
 */
export function persistentSessions<Server extends SdkServer>(
  options: PersistentSessionsOptions<Server>,
): PersistentSessions {
  const settings = settingsOf(options)
  const { store } = settings
  const tell = createInstrument(options.instrument)
  const life = new ProcessLife(store.sessions, settings.now)
  const keeper = new SessionKeeper(settings, life, tell)
  /** Requests that have no answer yet. */
  const underWay = new Set<Promise<Response>>()
  let detected: Promise<Sdk> | undefined
  let closing: Promise<void> | undefined
  let endBroadcasts: Promise<() => void> | undefined

  async function detect(): Promise<Sdk> {
    const { createServer, transport } = settings
    const finding = transport === undefined ? detectSdk(createServer) : sdkOf(transport, createServer)
    const found = await within(settings.startTimeout, finding)
    if (found === undefined) throw new StartTimeout(settings.startTimeout)
    return found.value
  }

  const sdk = (): Promise<Sdk> => {
    detected ??= detect().catch((error: unknown) => {
      detected = undefined
      throw error
    })
    return detected
  }

  async function toStandaloneStream(sessionId: string, notification: unknown): Promise<void> {
    const message = { jsonrpc: '2.0', ...(notification as object) }
    await store.events(sessionId).storeEvent(standaloneStreamId, message)
    keeper.ringStandalone(sessionId)
  }

  /** Of each session that has its stream here. */
  function onBroadcast(message: unknown): void {
    if (!isObject(message) || message.type !== 'broadcast') return
    for (const { sessionId, standalone } of keeper.live.all()) {
      if (standalone === undefined) continue
      toStandaloneStream(sessionId, message.notification).catch((error: unknown) => {
        keeper.storeFailed(sessionId, error)
      })
    }
  }

  const listenToAll = (): Promise<unknown> => {
    endBroadcasts ??= store.bus.subscribe(undefined, { onMessage: onBroadcast }).catch((error: unknown) => {
      endBroadcasts = undefined
      throw error
    })
    return endBroadcasts
  }

  async function answer(request: Request, given: RequestOptions): Promise<Response> {
    if (request.method === 'GET') await listenToAll().catch(() => undefined)
    return handle({ settings, keeper, life, tell, sdk }, request, given)
  }

  const fetch: FetchFace = async (request, given = {}) => {
    if (closing !== undefined) return unavailable('The server is shutting down.', 'shutting_down')
    const answering = answer(request, given)
    underWay.add(answering)
    try {
      return await answering
    } finally {
      underWay.delete(answering)
    }
  }

  async function close(timeout: number): Promise<void> {
    const deadline = performance.now() + timeout
    const left = () => Math.max(0, deadline - performance.now())
    const endStandaloneStreams = () => {
      for (const { standalone } of keeper.live.all()) standalone?.stop()
    }
    endStandaloneStreams()
    await within(left(), Promise.all(underWay))
    // Those that were just being opened.
    endStandaloneStreams()
    await Promise.all(keeper.live.all().map((live) => live.whenIdle(left())))
    keeper.notes.close()
    await keeper.live.close()
    await life.end()
    const end = await endBroadcasts?.catch(() => undefined)
    end?.()
  }

  const node = nodeFace(fetch, settings.limits.bodyBytes)
  const sessions: PersistentSessions = {
    fetch,
    node: () => node,
    express: () => expressFace(node),
    hono: () => honoFace(fetch),
    fastify: () => fastifyFace(node),
    async notify(sessionId, notification) {
      if ((await store.sessions.get(sessionId)) === undefined) return false
      await toStandaloneStream(sessionId, notification)
      return true
    },
    async broadcast({ method, params }) {
      const notification = params === undefined ? { method } : { method, params }
      await store.bus.publish(undefined, { type: 'broadcast', notification })
    },
    close({ timeout = 10_000 } = {}) {
      closing ??= close(timeout)
      return closing
    },
    [Symbol.asyncDispose]: () => sessions.close(),
  }
  return sessions
}
