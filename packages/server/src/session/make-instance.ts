import { randomUUID } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { SessionEvents } from '@mcp-tether/store'
import type { AuthInfo, OpenTransport, Sdk, SdkServer, SdkTransportOptions } from '../sdk/sdk.js'
import { EventLog } from './event-log.js'
import { LiveSession, type InstanceOwner } from './live-session.js'
import { requestsBetween, type SessionRecord } from './session-record.js'

/** What the author's factory is told. */
export interface ServerContext {
  readonly authInfo?: AuthInfo
}

export interface InstanceSettings {
  readonly sdk: Sdk
  readonly createServer: (context: ServerContext) => SdkServer | Promise<SdkServer>
  readonly transportOptions: Pick<SdkTransportOptions, 'enableJsonResponse' | 'retryInterval' | 'keepAliveMs'>
  readonly owner: InstanceOwner
  readonly now: () => number
  readonly onStoreFailure: (sessionId: string, error: unknown) => void
  /** An event was stored under a stream. */
  readonly onEvent: (live: LiveSession, streamId: string) => void
}

/** A fresh server, connected to a transport that will give out this id and no other. */
export async function makeInstance(
  settings: InstanceSettings,
  session: { readonly sessionId: string; readonly record: SessionRecord; readonly events: SessionEvents },
  authInfo: AuthInfo | undefined,
): Promise<LiveSession> {
  const { sessionId, record, events } = session
  const server = await settings.createServer(authInfo === undefined ? {} : { authInfo })
  const log = new EventLog(events, {
    onEvent: (streamId) => {
      settings.onEvent(live, streamId)
    },
    onFailure: (error) => {
      settings.onStoreFailure(sessionId, error)
    },
  })
  const options: SdkTransportOptions = {
    sessionIdGenerator: () => sessionId,
    eventStore: log,
    ...settings.transportOptions,
  }
  const transport = new settings.sdk.Transport(options as never)
  await server.connect(transport as never)
  const live = new LiveSession(
    {
      ...{ sessionId, server, transport: transport as unknown as OpenTransport, log, record },
      answersAsJson: settings.transportOptions.enableJsonResponse === true,
    },
    settings.owner,
    settings.now,
  )
  return live
}

/**
 * Brings a fresh instance to where the session was: the client's handshake again, with the version that was negotiated.
 * Nothing of it is stored, and nothing reaches the client.
 * @throws Error where the server refuses
 */
export async function replayHandshake(live: LiveSession, request: Request, authInfo?: AuthInfo): Promise<void> {
  const { initialize, protocolVersion } = live.record
  const params = { ...initialize, protocolVersion }
  await live.muted(async () => {
    await synthetic(live, request, { id: newId(), method: 'initialize', params }, authInfo)
    live.receive({ jsonrpc: '2.0', method: 'notifications/initialized' })
    // What the server does about it begins in a microtask.
    await nextTurn()
  })
}

/** Says to an instance what was said to another one since it was told last: log level and subscriptions. */
export async function catchUp(
  live: LiveSession,
  wanted: SessionRecord,
  request: Request,
  authInfo?: AuthInfo,
): Promise<void> {
  for (const { method, params } of requestsBetween(live.record, wanted)) {
    // A resource that is gone by now refuses its subscription: the rest of the session is as good as before.
    await synthetic(live, request, { id: newId(), method, params }, authInfo)
  }
}

const newId = () => `tether:${randomUUID()}`

async function synthetic(
  live: LiveSession,
  { url }: Request,
  message: { readonly id?: string; readonly method: string; readonly params?: unknown },
  authInfo: AuthInfo | undefined,
): Promise<void> {
  const isHandshake = message.method === 'initialize'
  const headers = new Headers({
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...(isHandshake ? {} : { 'mcp-session-id': live.sessionId, 'mcp-protocol-version': live.record.protocolVersion }),
  })
  const post = new Request(url, { method: 'POST', headers, body: '{}' })
  const dispatch = { streamId: newId(), isSynthetic: true }
  const response = await live.handle(post, { jsonrpc: '2.0', ...message }, { authInfo }, dispatch)
  const text = await response.text()
  if (!response.ok) throw new Error(`The server refused ${message.method} with HTTP ${response.status}.`)
  if (isHandshake && !text.includes('"result"')) throw new Error('The server answered initialize with an error.')
}
