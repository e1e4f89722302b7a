import {
  McpServer as McpServerV2,
  WebStandardStreamableHTTPServerTransport as TransportV2,
} from '@modelcontextprotocol/server'
import type { EventStore as EventStoreV2 } from '@modelcontextprotocol/server'
import { McpServer as McpServerV1 } from '@modelcontextprotocol/sdk/server/mcp.js'
import {
  WebStandardStreamableHTTPServerTransport as TransportV1,
  type EventStore as EventStoreV1,
} from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import { expect, it } from 'vitest'
import { MemoryBackEnd } from '../memory/memory-back-end.js'
import { memoryStore } from '../memory/memory-store.js'
import { openStore } from './open-store.js'

// The compiler is a judge here too: these lines fail to compile when the shape is no longer the SDKs' own.
const v1 = async (eventStore: EventStoreV1) => {
  const transport = new TransportV1({ sessionIdGenerator: () => 'session', eventStore })
  await new McpServerV1({ name: 'test', version: '1' }, { capabilities: { logging: {} } }).connect(transport)
  return transport
}
const v2 = async (eventStore: EventStoreV2) => {
  const transport = new TransportV2({ sessionIdGenerator: () => 'session', eventStore })
  await new McpServerV2({ name: 'test', version: '1' }, { capabilities: { logging: {} } }).connect(transport)
  return transport
}

function post(message: object): Request {
  return new Request('http://localhost/mcp', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...('method' in message && message.method === 'initialize'
        ? {}
        : { 'mcp-session-id': 'session', 'mcp-protocol-version': '2025-11-25' }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
  })
}

it.each([
  ['v1', v1],
  ['v2', v2],
])('is an event store of SDK %s: an answer is resumed after the priming event', async (_name, start) => {
  const events = memoryStore().events('session')
  const transport = await start(events)
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'c', version: '1' } }
  await (await transport.handleRequest(post({ id: 1, method: 'initialize', params }))).text()
  await transport.handleRequest(post({ method: 'notifications/initialized' }))
  const whole = await (await transport.handleRequest(post({ id: 2, method: 'ping' }))).text()
  const [priming = '', answer = ''] = [...whole.matchAll(/^id: (.*)$/gm)].map(([, id]) => id ?? '')
  expect(answer).not.toBe('')

  const resume = (lastEventId: string) =>
    transport.handleRequest(
      new Request('http://localhost/mcp', {
        headers: { accept: 'text/event-stream', 'mcp-session-id': 'session', 'last-event-id': lastEventId },
      }),
    )
  const resumed = await resume(priming)
  expect(resumed.status).toBe(200)
  const reader = resumed.body?.getReader()
  const text = Buffer.from((await reader?.read())?.value ?? []).toString()
  expect(text).toContain(`id: ${answer}\n`)
  expect(text).toContain('"id":2')
  await reader?.cancel()
  expect((await resume('no event id of ours')).status).toBe(400)
  expect((await resume(`${priming}x`)).status).toBe(400)
  await transport.close()
})

it('tells by the ids alone what a client has seen', () => {
  const store = memoryStore()
  const events = (sessionId: string) => store.events(sessionId)
  const [first, second] = [events('session').append('a', {}), events('session').append('a', {})]
  const elsewhere = events('session').append('b', {})
  const others = memoryStore().events('session').append('a', {})
  const hasSeen = (lastEventId: string, eventId: string) => events('session').hasSeen(lastEventId, eventId)
  expect(hasSeen(second.eventId, first.eventId)).toBe(true)
  expect(hasSeen(second.eventId, second.eventId)).toBe(true)
  expect(hasSeen(first.eventId, second.eventId)).toBe(false)
  expect(hasSeen(elsewhere.eventId, first.eventId)).toBe(false)
  expect(hasSeen(others.eventId, first.eventId)).toBe(false)
  expect(hasSeen('no id of ours', first.eventId)).toBe(false)
})

it('names the start of a stream without storing anything, for as long as something of it is kept', async () => {
  const events = memoryStore().events('session')
  const start = events.startOf('stream')
  expect(await events.read(start)).toEqual({ status: 'unknown', streamId: 'stream' })
  const first = await events.storeEvent('stream', { n: 1 })
  await events.storeEvent('another', { n: 2 })
  expect(await events.read(start)).toMatchObject({ status: 'found', page: { events: [{ eventId: first }] } })
  expect(await events.getStreamIdForEventId(start)).toBe('stream')
  expect(() => events.startOf('')).toThrow('A stream id has to be')
})

it('reads on over events that can not be read, and does not say that nothing is missing', async () => {
  const backEnd = new MemoryBackEnd(Date.now, 10)
  const keyed = (id: string) =>
    openStore({ encryptionKeys: [{ id, secret: Buffer.alloc(32, id) }] }, () => backEnd).events('session')
  const [events, others] = [keyed('a'), keyed('b')]
  const first = await events.storeEvent('stream', { n: 1 })
  for (let n = 0; n < 7; n++) await others.storeEvent('stream', {})
  const last = await events.storeEvent('stream', { n: 2 })
  const page = { events: [{ eventId: last, message: { n: 2 } }], more: false }
  expect(await events.read(first, 3)).toMatchObject({ status: 'trimmed', page })
  expect(await events.readFromStart('stream', 1)).toMatchObject({ events: [{ eventId: first }], more: true })
  await others.storeEvent('unreadable', {})
  expect(await events.readFromStart('unreadable', 1)).toMatchObject({ events: [], more: false })
})
