import { describe, expect, it } from 'vitest'
import { withSessionRecovery } from '@mcp-tether/client'

/*
 * P10: what is no business of the middleware goes through it as if it were not there. The very same arguments reach
 * the fetch behind it, nothing else is sent, and the very same Response (or error) comes back.
 */

const server = 'https://mcp.example.com'
const json = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
const rpc = (method: string, params = {}) => JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
const post = (body: BodyInit, headers: HeadersInit = json): RequestInit => ({ method: 'POST', headers, body })

type Arguments = [input: string | URL | Request, init?: RequestInit | undefined]

const strangers: [what: string, make: () => Arguments][] = [
  ['a POST without a session id', () => [new URL(`${server}/mcp`), post(rpc('tools/call', { name: 'echo' }))]],
  ['a stream without a session id', () => [`${server}/mcp`, { headers: { accept: 'text/event-stream' } }]],
  ['protected resource metadata', () => [new URL(`${server}/.well-known/oauth-protected-resource/mcp`)]],
  [
    'authorization server metadata',
    () => [
      new URL(`${server}/.well-known/oauth-authorization-server`),
      { headers: { 'mcp-protocol-version': '2025-11-25' } },
    ],
  ],
  ['a client registration', () => [`${server}/register`, post('{"client_name":"initialize"}')]],
  [
    'a token request',
    () => [
      new URL(`${server}/token`),
      post(new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'r' }), new Headers()),
    ],
  ],
  [
    'modern discovery',
    () => [
      `${server}/mcp`,
      post(rpc('server/discover'), { ...json, 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'server/discover' }),
    ],
  ],
  [
    'a modern call',
    () => [`${server}/mcp`, post(rpc('tools/call'), { ...json, 'mcp-protocol-version': '2026-07-28' })],
  ],
  [
    'another origin, with the id of a session of this one',
    () => [new URL('https://elsewhere.example.com/mcp'), post(rpc('tools/list'), { ...json, 'mcp-session-id': 'one' })],
  ],
  [
    'the id of a session that was never seen being made',
    () => [new URL(`${server}/mcp`), post(rpc('tools/list'), [['Mcp-Session-Id', 'stranger']])],
  ],
  ['a Request', () => [new Request(`${server}/mcp`, post(rpc('ping')))]],
  ['a Request with an init', () => [new Request(`${server}/mcp`), post(rpc('initialise'))]],
  [
    'a Request to another origin, with the id of a session of this one',
    () => [new Request('https://elsewhere.example.com/mcp', post(rpc('ping'), { ...json, 'mcp-session-id': 'one' }))],
  ],
  [
    'a streaming body',
    () => [`${server}/mcp`, { ...post(new Blob(['{}']).stream()), duplex: 'half' } as unknown as RequestInit],
  ],
  ['a FormData body', () => [`${server}/upload`, post(new FormData(), {})]],
  ['a body that only speaks of "initialize"', () => [`${server}/mcp`, post(rpc('tools/call', { name: 'initialize' }))]],
  ['a URL that is none', () => ['http://', post(rpc('ping'))]],
]

/** What is a session's own, and healthy. */
const owned: [what: string, make: () => Arguments][] = [
  ['a call', () => [new URL(`${server}/mcp`), post(rpc('tools/call'), { ...json, 'mcp-session-id': 'one' })]],
  [
    'a notification',
    () => [
      `${server}/mcp`,
      post('{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}', new Headers({ 'mcp-session-id': 'one' })),
    ],
  ],
  ['a response', () => [`${server}/mcp`, post('{"jsonrpc":"2.0","id":0,"result":{}}', { 'MCP-Session-Id': 'one' })]],
  ['a batch', () => [`${server}/mcp`, post(`[${rpc('ping')},${rpc('tools/call')}]`, [['mcp-session-id', 'one']])]],
  [
    'a stream',
    () => [
      new URL(`${server}/mcp`),
      { method: 'GET', headers: { accept: 'text/event-stream', 'mcp-session-id': 'one', 'last-event-id': '7' } },
    ],
  ],
]

const answers: [what: string, make: () => Response][] = [
  ['200', () => Response.json({ jsonrpc: '2.0', id: 1, result: {} })],
  ['an event stream', () => new Response('data: {}\n\n', { headers: { 'content-type': 'text/event-stream' } })],
  ['a session id', () => new Response('{}', { headers: { ...json, 'mcp-session-id': 'fresh' } })],
  ['202', () => new Response(null, { status: 202 })],
  ['307', () => new Response(null, { status: 307, headers: { location: '/elsewhere' } })],
  ['401', () => new Response('who are you?', { status: 401, headers: { 'www-authenticate': 'Bearer' } })],
  ['404', () => new Response('Session not found', { status: 404 })],
  ['503', () => new Response(null, { status: 503, headers: { 'retry-after': '1' } })],
  ['an opaque answer', () => Response.error()],
]

/** A recovering fetch that looks after session `one`, and what it sends on. */
async function recovering() {
  const sent: Arguments[] = []
  let answer = (): Response | Promise<Response> =>
    Response.json(
      { jsonrpc: '2.0', id: 1, result: { protocolVersion: '2025-11-25' } },
      { headers: { 'mcp-session-id': 'one' } },
    )
  const fetch = withSessionRecovery()(async (...args) => {
    sent.push(args)
    return answer()
  })
  await (await fetch(`${server}/mcp`, post(rpc('initialize', { protocolVersion: '2025-11-25' })))).text()
  sent.length = 0
  return {
    fetch,
    sent,
    answerWith: (next: typeof answer) => {
      answer = next
    },
  }
}

async function expectUntouched(args: Arguments, response: Response): Promise<void> {
  const { fetch, sent, answerWith } = await recovering()
  answerWith(() => response)
  const options = structuredCloneable(args[1])
  const presented = await fetch(...args)
  expect(sent).toHaveLength(1)
  expect(sent[0]?.[0]).toBe(args[0])
  expect(sent[0]?.[1]).toBe(args[1])
  expect(structuredCloneable(args[1])).toEqual(options)
  expect(presented).toBe(response)
  expect(response.bodyUsed).toBe(false)
  if (args[0] instanceof Request) expect(args[0].bodyUsed).toBe(false)
}

/** An init as plain data, to see that nobody wrote into it. */
function structuredCloneable(init: RequestInit | undefined): unknown {
  return init && { ...init, headers: init.headers && [...new Headers(init.headers)] }
}

describe.each(strangers)('%s passes untouched', (_what, make) => {
  it.each(answers)('answered with %s', async (_answer, respond) => {
    await expectUntouched(make(), respond())
  })

  it('and so does an error of the fetch behind', async () => {
    const { fetch, sent, answerWith } = await recovering()
    const error = new TypeError('fetch failed')
    answerWith(() => Promise.reject(error))
    await expect(fetch(...make())).rejects.toBe(error)
    expect(sent).toHaveLength(1)
  })
})

describe.each(owned)('%s of a healthy session passes untouched', (_what, make) => {
  const healthy = answers.filter(([what]) => what === '200' || what === '202')
  it.each(healthy)('answered with %s', async (_answer, respond) => {
    await expectUntouched(make(), respond())
  })

  it('answered with an event stream: its bytes', async () => {
    const { fetch, sent, answerWith } = await recovering()
    const chunks = ['id: 1\ndata: \n\n: hello\r\n\r\nda', 'ta: {"jsonrpc":"2.0","id":1,', '"result":{}}\n\n']
    const body = new ReadableStream<string>({
      pull: (controller) => {
        const chunk = chunks.shift()
        if (chunk === undefined) controller.close()
        else controller.enqueue(chunk)
      },
    })
    const whole = chunks.join('')
    const headers = { 'content-type': 'text/event-stream', 'x-other': 'kept' }
    answerWith(() => new Response(body.pipeThrough(new TextEncoderStream()), { headers }))
    const args = make()
    const presented = await fetch(...args)
    expect(sent[0]?.[1]).toBe(args[1])
    expect([...presented.headers]).toEqual(Object.entries(headers))
    const reader = presented.body?.pipeThrough(new TextDecoderStream()).getReader()
    let read = ''
    while (read.length < whole.length) read += (await reader?.read())?.value ?? ''
    expect(read).toBe(whole)
    await reader?.cancel()
  })
})

describe('an initialize', () => {
  it('that brings no session passes untouched', async () => {
    const args: Arguments = [new URL(`${server}/mcp`), post(rpc('initialize'))]
    await expectUntouched(args, Response.json({ jsonrpc: '2.0', id: 1, result: {} }))
    await expectUntouched(args, new Response('no', { status: 401, headers: { 'mcp-session-id': 'not yet' } }))
  })

  it('that brings one reaches the fetch behind untouched', async () => {
    const { fetch, sent, answerWith } = await recovering()
    const body = '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25"}}'
    answerWith(() => new Response(body, { headers: { 'mcp-session-id': 'two', 'x-other': 'kept' } }))
    const args: Arguments = [new URL(`${server}/mcp`), post(rpc('initialize'))]
    const response = await fetch(...args)
    expect(sent).toEqual([args])
    expect(sent[0]?.[1]).toBe(args[1])
    expect(response.headers.get('mcp-session-id')).toBe('two')
    expect(response.headers.get('x-other')).toBe('kept')
    expect(await response.text()).toBe(body)
  })
})
