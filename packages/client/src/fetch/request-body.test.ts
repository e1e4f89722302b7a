import { describe, expect, it } from 'vitest'
import type { SessionEvent } from '../base/events.js'
import { clientOf, endpoint, inProcessServer } from './in-process-server.fixture.js'
import { withSessionRecovery } from './with-session-recovery.js'

const callText = (padding = '') =>
  JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'a', padding } })
const bytes = (text: string) => new TextEncoder().encode(text)
const long = 'x'.repeat(100_000)

/** A client whose session is lost. */
async function lostSession() {
  const events: SessionEvent[] = []
  const server = inProcessServer()
  const fetch = withSessionRecovery({ onEvent: (event) => events.push(event) })(server.fetch)
  await clientOf(fetch).connect()
  server.forget()
  const post = (body: RequestInit['body'], headers: Record<string, string> = {}) =>
    fetch(endpoint, { method: 'POST', headers: { 'mcp-session-id': 'session-1', ...headers }, body: body ?? null })
  const sent = () =>
    server.log.filter(({ message, headers }) => message.method === 'tools/call' && headers.has('mcp-session-id'))
  return { server, post, sent, events }
}

describe('a body that is sent again', () => {
  it.each([
    ['bytes', () => bytes(callText())],
    ['a part of a buffer', () => bytes(`##${callText()}##`).subarray(2, -2)],
    ['a buffer', () => bytes(callText()).buffer],
    ['a DataView', () => new DataView(bytes(callText()).buffer)],
    ['a Blob', () => new Blob([callText()])],
    ['many bytes', () => bytes(callText(long))],
    ['a large Blob', () => new Blob([callText(long)])],
  ])('may be %s', async (_what, body) => {
    const { post, sent } = await lostSession()
    expect(await (await post(body())).json()).toMatchObject({ id: 7, result: { on: 'session-2' } })
    const [refused, replayed] = sent()
    expect(replayed?.body).toBe(refused?.body)
    expect(replayed?.message.params?.name).toBe('a')
  })

  it('is what it was when it was given, though the array is used for something else since', async () => {
    const { post, sent } = await lostSession()
    const body = bytes(callText())
    const answer = post(body)
    body.fill(0)
    expect(await (await answer).json()).toMatchObject({ id: 7, result: { on: 'session-2' } })
    expect(sent().map(({ body: text }) => text)).toEqual([callText(), callText()])
  })

  it('is not copied when it is large', async () => {
    const { post, sent } = await lostSession()
    const body = bytes(callText(long))
    await post(body)
    expect(sent().map(({ init }) => init.body === body)).toEqual([true, true])
  })
})

describe('a body that nobody can read', () => {
  it.each([
    ['a form', () => new URLSearchParams({ a: '1' })],
    ['a form with files', () => new FormData()],
    ['a Blob of more than 1 MiB', () => new Blob([callText('x'.repeat(1024 * 1024))])],
  ])('%s is passed on with its refusal, and that is said', async (_what, body) => {
    const { post, events, server } = await lostSession()
    const given = body()
    const response = await post(given)
    expect(response.status).toBe(404)
    expect(server.log.at(-1)?.init.body).toBe(given)
    expect(events.at(-1)).toMatchObject({ type: 'not-recoverable', reason: 'unreadable-body' })
  })

  it('is not looked at where it is no session’s', async () => {
    const passed: unknown[] = []
    const fetch = withSessionRecovery()((_url, init) => {
      passed.push(init)
      return Promise.resolve(new Response(null, { status: 204 }))
    })
    const bodies = [
      new URLSearchParams('grant_type=x'),
      new FormData(),
      new ReadableStream(),
      bytes(callText('x'.repeat(2 ** 21))),
    ]
    const inits = bodies.map((body) => ({ method: 'POST', body }))
    for (const init of inits) await fetch(endpoint, init)
    expect(passed).toEqual(inits)
    expect(passed.every((init, index) => init === inits[index])).toBe(true)
  })
})

it('an initialize may be a Blob', async () => {
  const server = inProcessServer()
  const fetch = withSessionRecovery()((url, init) => server.fetch(url, init))
  const blobs = clientOf((url, init) => fetch(url, { ...init, body: new Blob([init?.body as string]) }))
  await blobs.connect()
  server.forget()
  expect((await blobs.call()).answer).toMatchObject({ result: { on: 'session-2' } })
})
