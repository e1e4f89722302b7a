import { connect as connectSocket } from 'node:net'
import { memoryStore } from '@mcp-tether/store'
import { afterEach, describe, expect, it } from 'vitest'
import { open } from './raw-requests.fixture.js'
import { startReplicas, type Major } from './replicas.fixture.js'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** What a server said, as bytes on a socket have it. */
interface Answer {
  readonly status: number
  readonly text: string
}

/** Sends bytes that no HTTP client would send, and reads until the server ends the connection. */
function send(url: URL, lines: readonly (string | Buffer)[], body = ''): Promise<Answer> {
  const head = lines.map((line) => Buffer.concat([Buffer.from(line as string, 'latin1'), Buffer.from('\r\n')]))
  return new Promise((resolve, reject) => {
    const socket = connectSocket(Number(url.port), '127.0.0.1', () => {
      socket.write(Buffer.concat([...head, Buffer.from(`\r\n${body}`)]))
    })
    const pieces: Buffer[] = []
    socket.setTimeout(10_000, () => socket.destroy(new Error('no answer')))
    socket.on('data', (piece) => {
      pieces.push(piece)
      // The SDKs ask for keep-alive where the client does not.
      if (isWhole(Buffer.concat(pieces).toString('latin1'))) socket.destroy()
    })
    socket.on('error', reject)
    socket.on('close', () => {
      const said = Buffer.concat(pieces).toString('latin1')
      const text = said.slice(said.indexOf('\r\n\r\n') + 4)
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(said)?.[1]), text })
    })
  })
}

function isWhole(said: string): boolean {
  const length = /^content-length: (\d+)\r$/im.exec(said)?.[1]
  const body = said.slice(said.indexOf('\r\n\r\n') + 4)
  return length === undefined ? body.endsWith('0\r\n\r\n') : body.length >= Number(length)
}

function request(url: URL, method: string, headers: readonly (string | Buffer)[], body = ''): Promise<Answer> {
  const fixed = [`${method} /mcp HTTP/1.1`, `host: ${url.host}`, 'connection: close']
  const type = ['accept: application/json, text/event-stream', 'content-type: application/json']
  return send(url, [...fixed, ...type, `content-length: ${Buffer.byteLength(body)}`, ...headers], body)
}

const ping = JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'ping' })
const owner = 'authorization: Bearer alice'
const notFound = { jsonrpc: '2.0', error: { code: -32001, message: 'Session not found' }, id: null }

describe.each(['v1', 'v2'] as Major[])('server %s: a thief', (major) => {
  async function bench() {
    const store = memoryStore()
    const started = await startReplicas(major, [store, store])
    ends.push(() => started.close())
    const { url } = started
    const { id } = await open(url, { authorization: 'Bearer alice' })
    const withId = (sessionId: string | Buffer) =>
      Buffer.concat([Buffer.from('mcp-session-id: '), Buffer.from(sessionId as string, 'latin1')])
    return { url, id, store, withId }
  }

  it('learns nothing: whatever is wrong, the answer is that of a session that never existed', async () => {
    const { url, id, withId } = await bench()
    const other = id.startsWith('A') ? 'B' : 'A'
    const attempts: readonly (readonly string[])[] = [
      // The id is right.
      [id, 'authorization: Bearer mallory'],
      [id],
      [id, 'authorization: Basic YWxpY2U6'],
      // The principal is right, the id is not.
      ['guessed', owner],
      [other + id.slice(1), owner],
      [id.slice(0, -1) + other, owner],
      [id.slice(1), owner],
      [`${id}=`, owner],
      [`${id}, ${id}`, owner],
      [id.toLowerCase(), owner],
      [id + '\u00e4', owner],
      [`${id}\u0085`, owner],
      [`${id}\u00a0`, owner],
      [`${id} ${id}`, owner],
      ['%00', owner],
      ['__proto__', owner],
      ['all sessions', owner],
      ['../../etc/passwd', owner],
      ['x'.repeat(10_240), owner],
    ]
    for (const [sessionId = '', ...headers] of attempts) {
      for (const method of ['POST', 'GET', 'DELETE']) {
        const answer = await request(url, method, [withId(sessionId), ...headers], method === 'POST' ? ping : '')
        expect([method, sessionId.slice(0, 60), answer.status]).toEqual([method, sessionId.slice(0, 60), 404])
        expect(JSON.parse(answer.text)).toEqual(notFound)
      }
    }
    // Nothing of it did the owner any harm.
    expect((await request(url, 'POST', [withId(id), owner], ping)).status).toBe(200)
  })

  it('gets no further with control characters than the HTTP parser', async () => {
    const { url, id, withId } = await bench()
    for (const byte of [0x00, 0x01, 0x07, 0x0b, 0x1b, 0x7f]) {
      const damaged = Buffer.concat([Buffer.from(id), Buffer.of(byte)])
      const answer = await request(url, 'POST', [withId(damaged), owner], ping)
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.text).not.toContain('"result"')
    }
    // Line ends begin another header: then the id is what was before them, and the request is the owner's own.
    const smuggled = await request(url, 'POST', [withId('x'), `mcp-session-id: ${id}`, owner], ping)
    expect(smuggled.status).toBe(404)
    expect((await request(url, 'POST', [withId(id), owner], ping)).status).toBe(200)
  })

  it('is not let in by what looks like a session id elsewhere', async () => {
    const { url, id } = await bench()
    const meta = JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'ping', params: { sessionId: id } })
    expect((await request(url, 'POST', [`cookie: mcp-session-id=${id}`], meta)).status).toBe(400)
    const { status } = await send(url, [
      `GET /mcp?mcp-session-id=${id} HTTP/1.1`,
      `host: ${url.host}`,
      'connection: close',
    ])
    expect(status).toBe(400)
  })

  it('ends nothing with a DELETE that is sent again', async () => {
    const { url, id, withId, store } = await bench()
    const remove = () => request(url, 'DELETE', [withId(id), owner])
    expect((await remove()).status).toBe(200)
    // Another session of the same owner is not touched by what was overheard.
    const { id: next } = await open(url, { authorization: 'Bearer alice' })
    for (let again = 0; again < 3; again++) expect((await remove()).status).toBe(404)
    expect(await store.sessions.get(id)).toBeUndefined()
    expect((await request(url, 'POST', [withId(next), owner], ping)).status).toBe(200)
  })

  it('reads no stream of somebody else, by any id of an event', async () => {
    const { url, id, withId, store } = await bench()
    const eventId = await store.events(id).storeEvent('_GET_stream', { jsonrpc: '2.0', method: 'secret' })
    const last = `last-event-id: ${eventId}`
    const { id: own } = await open(url, { authorization: 'Bearer mallory' })
    for (const sessionId of [id, own]) {
      const answer = await request(url, 'GET', [withId(sessionId), last, 'authorization: Bearer mallory'])
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.text).not.toContain('secret')
    }
  })
})
