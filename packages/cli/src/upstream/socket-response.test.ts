import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createUpstreamFetch, type Upstream } from './create-upstream-fetch.js'
import { SocketResponse } from './socket-response.js'

let server: Server
let upstream: Upstream

afterEach(() => {
  upstream.close()
  server.closeAllConnections()
  server.close()
})

const accept = 'application/json, text/event-stream'

async function answered(listener: RequestListener, headers: Record<string, string> = { accept }, signal?: AbortSignal) {
  server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  upstream = createUpstreamFetch()
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/mcp`
  return upstream.fetch(url, { method: 'POST', body: '{}', headers, ...(signal ? { signal } : {}) })
}

const json: RequestListener = (_request, response) => {
  response.setHeader('x-twice', ['a', 'b'])
  response.setHeader('set-cookie', ['c=1', 'd=2'])
  response.writeHead(200, 'Fine', { 'content-type': 'application/json' }).end('\ufeff{"é":1}')
}

function fromSocket(response: Response): SocketResponse {
  if (response instanceof SocketResponse) return response
  throw new Error('it is a Response of the platform')
}

describe('an ordinary answer', () => {
  it('is read as a Response is', async () => {
    const response = await answered(json)
    expect(response).toBeInstanceOf(SocketResponse)
    expect(response).toMatchObject({ status: 200, statusText: 'Fine', ok: true, redirected: false, bodyUsed: false })
    expect(response.headers.get('X-Twice')).toBe('a, b')
    expect(response.headers.get('x-none')).toBeNull()
    expect(response.headers.getSetCookie()).toEqual(['c=1', 'd=2'])
    expect(await response.text()).toBe('{"é":1}')
    expect(response.bodyUsed).toBe(true)
    await expect(response.text()).rejects.toThrow(TypeError)
    await expect(response.arrayBuffer()).rejects.toThrow(TypeError)
  })

  it('has headers that can be changed, one by one', async () => {
    const { headers } = await answered(json)
    headers.set('X-Twice', 'c')
    headers.set('x-new', 'd')
    expect([headers.get('x-twice'), headers.get('x-new'), headers.get('content-type')]).toEqual([
      'c',
      'd',
      'application/json',
    ])
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-twice': 'c',
      'x-new': 'd',
      'content-type': 'application/json',
    })
    expect(() => {
      headers.set('x-new', 'a\nb')
    }).toThrow(TypeError)
  })

  it.each([
    ['json', (response: Response) => response.clone().json()],
    ['a copy of its headers and its body', (response: Response) => new Response(response.body, response).json()],
    ['array buffer', async (r: Response) => JSON.parse(new TextDecoder().decode(await r.arrayBuffer())) as unknown],
    ['body', async (r: Response) => JSON.parse(await new Response(r.body).text()) as unknown],
  ])('has a real one behind it: %s', async (_name, read) => {
    expect(await read(await answered(json))).toEqual({ é: 1 })
  })

  it('lists its headers as Headers do', async () => {
    const { headers } = await answered(json)
    const copy = new Headers(headers)
    expect([...copy]).toEqual([...headers])
    expect([...copy.keys()]).toEqual(expect.arrayContaining(['content-type', 'set-cookie', 'x-twice']))
    headers.set('x-twice', 'c')
    expect(headers.get('x-twice')).toBe('c')
  })

  it.each([
    ['text', (response: Response) => response.text()],
    ['body', (response: Response) => new Response(response.body).text()],
  ])('that broke off before it was read says so: %s', async (_name, read) => {
    let socket!: IncomingMessage['socket']
    const response = await answered((request, answer) => {
      ;({ socket } = request)
      answer.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }).write('{')
    })
    const closed = once(socket, 'close')
    socket.resetAndDestroy()
    await closed
    await expect(read(response)).rejects.toMatchObject({ name: 'TypeError', cause: { sent: true } })
  })

  it('is text up to a size, and a stream from its beginning beyond it', async () => {
    const whole = '0123456789'.repeat(100_000)
    const long: RequestListener = (_request, answer) => {
      answer.writeHead(200, { 'content-type': 'application/json' }).write(whole.slice(0, 10))
      answer.end(whole.slice(10))
    }
    const begin = async (maxBytes: number) => {
      const response = fromSocket(await answered(long))
      const begun = await response.textOrBody(maxBytes)
      expect(response.bodyUsed).toBe(true)
      await expect(response.text()).rejects.toThrow(TypeError)
      return begun
    }
    expect((await begin(whole.length)) === whole).toBe(true)
    for (const maxBytes of [0, 9, 10, 500_000, whole.length - 1]) {
      const begun = await begin(maxBytes)
      expect(typeof begun).toBe('object')
      expect((await new Response(begun).text()) === whole).toBe(true)
    }
  })

  it('that breaks off or is given up beyond that size says so', async () => {
    let breakOff!: () => void
    const broken: RequestListener = (request, answer) => {
      answer.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000000' })
      answer.write('x'.repeat(1_000))
      breakOff = () => request.socket.resetAndDestroy()
    }
    const response = fromSocket(await answered(broken))
    const stream = new Response(await response.textOrBody(10)).text()
    breakOff()
    await expect(stream).rejects.toMatchObject({ name: 'TypeError', cause: { sent: true } })
    const stop = new AbortController()
    const another = fromSocket(await answered(broken, { accept }, stop.signal))
    const begun = new Response(await another.textOrBody(10)).text()
    stop.abort(new Error('enough'))
    await expect(begun).rejects.toThrow('enough')
  })

  it('is given up with its signal', async () => {
    const stop = new AbortController()
    const hanging: RequestListener = (_request, answer) => {
      answer.writeHead(200, { 'content-type': 'application/json' }).write('{')
    }
    const text = (await answered(hanging, { accept }, stop.signal)).text()
    stop.abort(new Error('enough'))
    await expect(text).rejects.toThrow('enough')
  })
})

it.each([
  ['a refusal', { accept }, 404],
  ['what asked for no event stream', { accept: 'application/json' }, 200],
])('%s is a Response of the platform', async (_name, headers, status) => {
  const response = await answered((_request, answer) => answer.writeHead(status).end('{}'), headers)
  expect(response).toBeInstanceOf(Response)
})
