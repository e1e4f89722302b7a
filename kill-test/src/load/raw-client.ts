import { Client as ClientV2, StreamableHTTPClientTransport as TransportV2 } from '@modelcontextprotocol/client'
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ElicitRequestSchema, EmptyResultSchema } from '@modelcontextprotocol/sdk/types.js'
import { readQuestion } from '../server/questions.js'
import { announcedMethod } from '../server/tools.js'
import { keyInMeta, type watchedFetch } from './watched-fetch.js'

export interface RequestSettings {
  /** ms */
  readonly timeout: number
  readonly signal: AbortSignal
  readonly onProgress: (step: number) => void
}

/** A client of SDK v1 or v2 as anybody would use it: no middleware of ours, no recovery. */
export interface RawClient {
  connect(): Promise<void>
  /** @returns the text of the result */
  callTool(name: string, key: string, given: Record<string, unknown>, settings: RequestSettings): Promise<string>
  request(method: string, key: string, params: Record<string, unknown>, settings: RequestSettings): Promise<void>
  terminate(): Promise<void>
  close(): Promise<void>
}

export interface ClientEvents {
  readonly onAnnounced: (number: number) => void
  /** A tool asks. @returns what is to be answered */
  readonly onAsked: (asking: { readonly key: string; readonly proof: string }) => Promise<string>
  readonly onComplaint: (text: string) => void
}

/** Clients give up after two tries by default; here a server is away again and again. */
const reconnectionOptions = {
  initialReconnectionDelay: 50,
  maxReconnectionDelay: 400,
  reconnectionDelayGrowFactor: 1.5,
  maxRetries: 150,
}

export function createRawClient(
  major: 'v1' | 'v2',
  url: URL,
  fetch: ReturnType<typeof watchedFetch>,
  events: ClientEvents,
): RawClient {
  return major === 'v1' ? clientV1(url, fetch, events) : clientV2(url, fetch, events)
}

const info = { name: 'kill-test', version: '1' }
const options = { capabilities: { elicitation: {} } }

function clientV1(url: URL, fetch: ReturnType<typeof watchedFetch>, events: ClientEvents): RawClient {
  const transport = new TransportV1(url, { fetch, reconnectionOptions })
  const client = new ClientV1(info, options)
  client.onerror = complain(events)
  client.fallbackNotificationHandler = hear(events)
  client.setRequestHandler(ElicitRequestSchema, ({ params }) => answerTo(params.message, events))
  return {
    connect: () => client.connect(transport),
    async callTool(name, key, given, settings) {
      const params = { name, arguments: { key, ...given }, _meta: { [keyInMeta]: key } }
      return textOf(await client.callTool(params, undefined, optionsOf(settings)))
    },
    async request(method, key, params, settings) {
      const request = { method, params: { ...params, _meta: { [keyInMeta]: key } } }
      await client.request(request, EmptyResultSchema, optionsOf(settings))
    },
    terminate: () => transport.terminateSession(),
    close: () => client.close(),
  }
}

function clientV2(url: URL, fetch: ReturnType<typeof watchedFetch>, events: ClientEvents): RawClient {
  const transport = new TransportV2(url, { fetch, reconnectionOptions })
  const client = new ClientV2(info, options)
  client.onerror = complain(events)
  client.fallbackNotificationHandler = hear(events)
  client.setRequestHandler('elicitation/create', ({ params }) => answerTo(params.message, events))
  return {
    connect: () => client.connect(transport),
    async callTool(name, key, given, settings) {
      const params = { name, arguments: { key, ...given }, _meta: { [keyInMeta]: key } }
      return textOf(await client.callTool(params, optionsOf(settings)))
    },
    async request(method, key, params, settings) {
      const request = { method, params: { ...params, _meta: { [keyInMeta]: key } } }
      await client.request(request as never, optionsOf(settings))
    },
    terminate: () => transport.terminateSession(),
    close: () => client.close(),
  }
}

function optionsOf({ timeout, signal, onProgress }: RequestSettings) {
  return {
    timeout,
    signal,
    onprogress: ({ progress }: { progress: number }) => {
      onProgress(progress)
    },
  }
}

function complain({ onComplaint }: ClientEvents) {
  return (error: Error) => {
    onComplaint(error.message)
  }
}

function hear({ onAnnounced }: ClientEvents) {
  return ({ method, params }: { method: string; params?: unknown }) => {
    if (method === announcedMethod) onAnnounced((params as { number: number }).number)
    return Promise.resolve()
  }
}

async function answerTo(question: string, { onAsked }: ClientEvents) {
  const asking = readQuestion(question)
  const answer = await onAsked(asking)
  return { action: 'accept' as const, content: { answer }, _meta: { [keyInMeta]: asking.key } }
}

function textOf(result: unknown): string {
  const { content, isError } = result as { content?: { text?: string }[]; isError?: boolean }
  const text = content?.[0]?.text ?? ''
  if (isError === true) throw new Error(`the tool failed: ${text}`)
  return text
}
