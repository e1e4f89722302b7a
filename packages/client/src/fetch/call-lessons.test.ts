import { describe, expect, it } from 'vitest'
import { eventLog } from '../base/event-log.fixture.js'
import { encodeEvent } from '../wire/sse.js'
import { clientOf, type Answer, type Seen } from './in-process-server.fixture.js'
import { rememberingServer } from './remembering-server.fixture.js'
import { withSessionRecovery } from './with-session-recovery.js'

function events(...messages: readonly { readonly id?: string; readonly data: object }[]): Response {
  const text = messages.map(({ id, data }) => encodeEvent({ ...(id && { id }), data: JSON.stringify(data) })).join('')
  return new Response(text, { headers: { 'content-type': 'text/event-stream' } })
}

const result = (id: unknown, it: object) => ({ data: { jsonrpc: '2.0', id, result: it } })
const progress = { jsonrpc: '2.0', method: 'notifications/message', params: {} }

async function connected(intercept: (seen: Seen) => Answer) {
  const server = rememberingServer(intercept)
  const log = eventLog()
  const client = clientOf(withSessionRecovery({ onEvent: log.onEvent, random: () => 0 })(server.fetch))
  await client.connect()
  return { server, client, log }
}

describe('what is learned from an answer that breaks off', () => {
  const subscribe = { id: 's', method: 'resources/subscribe', params: { uri: 'test://a' } }

  it('counts when the rest of it was resumed', async () => {
    let begun = false
    const { server, client } = await connected(({ method, message, headers }) => {
      if (message.method === 'resources/subscribe' && !begun) {
        begun = true
        return events({ id: 'e1', data: progress })
      }
      return method === 'GET' && headers.get('last-event-id') === 'e1' ? events(result('s', {})) : undefined
    })
    expect(await (await client.post(subscribe)).text()).toContain('"result"')
    server.forget()
    await client.call()
    expect(server.lines()).toContain('GET 1')
    expect(server.told(2).uris).toEqual(['test://a'])
  })

  it('counts when the client comes back for the rest itself', async () => {
    let mayResume = false
    const { server, client } = await connected(({ method, message, headers }) => {
      if (message.method === 'resources/subscribe' && !mayResume) return events({ id: 'e1', data: progress })
      if (method !== 'GET' || headers.get('last-event-id') !== 'e1') return undefined
      return mayResume ? events(result('s', {})) : new Response(null, { status: 503 })
    })
    const reader = (await client.post(subscribe)).body?.getReader()
    const { value } = (await reader?.read()) ?? {}
    const lastEventId = /^id: (.+)$/m.exec(new TextDecoder().decode(value))?.[1]
    await reader?.cancel()
    mayResume = true
    const rest = await client.send('GET', { 'last-event-id': lastEventId ?? '', accept: 'text/event-stream' })
    expect(await rest.text()).toContain('"result"')
    server.forget()
    await client.call()
    expect(server.told(2).uris).toEqual(['test://a'])
  })

  it('counts as the client has seen it, not as it came again when the whole was asked for anew', async () => {
    const lists = ['tools/list', 'prompts/list'].map((method, id) => ({ jsonrpc: '2.0', id, method }))
    const { server, client, log } = await connected(({ message, headers }) => {
      const sessionId = headers.get('mcp-session-id') ?? ''
      if (!Array.isArray(message) || !server.knows(sessionId)) return undefined
      if (sessionId === 'session-2') return events(result(0, { tools: [{ name: 'new' }] }), result(1, { prompts: [] }))
      server.forget()
      return events(result(0, { tools: [{ name: 'old' }] }))
    })
    server.lists['tools/list'] = [[{ name: 'new' }]]
    const text = await (await client.post([], {}, { body: JSON.stringify(lists) })).text()
    expect(text).toMatch(/"old".*"prompts"/s)
    expect(await log.next('list-changed')).toMatchObject({ list: 'tools', announced: true })
  })
})
