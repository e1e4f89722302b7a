import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { type ScriptedServer, startScriptedServer, type Script } from '../testing/scripted-server.fixture.js'
import { createUpstreamFetch } from './create-upstream-fetch.js'
import type { UpstreamFailure } from './failure.js'

let closers: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closers.reverse()) await close()
  closers = []
})

function upstream() {
  const created = createUpstreamFetch()
  closers.push(created.close)
  return created.fetch
}

async function serve(script: Script): Promise<ScriptedServer> {
  const server = await startScriptedServer(script)
  closers.push(server.close)
  return server
}

async function failureOf(promise: Promise<unknown>): Promise<TypeError & { cause: UpstreamFailure }> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(TypeError)
  return error as TypeError & { cause: UpstreamFailure }
}

describe('a request', () => {
  it("sends a string with its length and the caller's headers, and asks for no compression", async () => {
    const server = await serve(({ response }) => response.end('ok'))
    await upstream()(server.url, {
      method: 'POST',
      body: '{"ü":1}',
      headers: { 'X-A': '1', 'content-type': 'application/json' },
    })
    const [received] = server.received
    expect(received?.body).toBe('{"ü":1}')
    expect(received?.headers).toMatchObject({ 'x-a': '1', 'content-type': 'application/json', 'content-length': '8' })
    expect(received?.headers).not.toHaveProperty('accept-encoding')
    expect(received?.headers).not.toHaveProperty('transfer-encoding')
  })

  it('sends bytes, and forms with their content type', async () => {
    const server = await serve(({ response }) => response.end())
    const fetch = upstream()
    await fetch(server.url.href, { method: 'POST', body: new TextEncoder().encode('bytes') })
    await fetch(server.url, { method: 'POST', body: new URLSearchParams({ a: 'b c' }) })
    expect(server.received.map(({ body }) => body)).toEqual(['bytes', 'a=b+c'])
    expect(server.received[1]?.headers['content-type']).toBe('application/x-www-form-urlencoded;charset=UTF-8')
  })

  it('keeps its connection for the next one', async () => {
    const ports = new Set<number | undefined>()
    const server = await serve(({ request, response }) => {
      ports.add(request.socket.remotePort)
      response.end('ok')
    })
    const fetch = upstream()
    for (let round = 0; round < 3; round++) await (await fetch(server.url)).text()
    expect(ports.size).toBe(1)
  })

  it('keeps the connection when a small body is cancelled', async () => {
    const ports = new Set<number | undefined>()
    const server = await serve(({ request, response }) => {
      ports.add(request.socket.remotePort)
      response.writeHead(404, { 'content-length': 9 }).end('not found')
    })
    const fetch = upstream()
    for (let round = 0; round < 3; round++) {
      await (await fetch(server.url)).body?.cancel()
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(ports.size).toBeLessThanOrEqual(2)
  })
})

describe('an answer', () => {
  it('is a web Response with every header, cookies one by one, and its address', async () => {
    const server = await serve(({ response }) => {
      response.writeHead(201, 'Made', [
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
        ['X-Thing', 'x'],
      ] as never)
      response.end('body')
    })
    const response = await upstream()(server.url)
    expect(response).toBeInstanceOf(Response)
    expect([response.status, response.statusText, response.url]).toEqual([201, 'Made', server.url.href])
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(response.headers.get('x-thing')).toBe('x')
    expect(await response.text()).toBe('body')
  })

  it.each([204, 304])('%i has no body', async (status) => {
    const server = await serve(({ response }) => response.writeHead(status).end())
    const response = await upstream()(server.url)
    expect([response.status, response.body]).toEqual([status, null])
  })

  it('that redirects is returned, and refused where the caller says so', async () => {
    const server = await serve(({ response }) => response.writeHead(307, { location: '/elsewhere' }).end())
    const fetch = upstream()
    const response = await fetch(server.url, { redirect: 'manual' })
    expect([response.status, response.headers.get('location')]).toEqual([307, '/elsewhere'])
    await failureOf(fetch(server.url, { redirect: 'error' }))
    expect(server.received).toHaveLength(2)
  })

  it('that is compressed without having been asked is decoded', async () => {
    const server = await serve(({ response }) => {
      const body = gzipSync('hello '.repeat(1000))
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': body.length }).end(body)
    })
    const response = await upstream()(server.url)
    expect([response.headers.get('content-encoding'), response.headers.get('content-length')]).toEqual([null, null])
    expect(await response.text()).toBe('hello '.repeat(1000))
  })

  it('that is broken gzip is an error of its body', async () => {
    const server = await serve(({ response }) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip'))
    const response = await upstream()(server.url)
    const error = await failureOf(response.text())
    expect(error.message).toBe('terminated')
  })

  it('streams: its beginning is there before its end', async () => {
    const server = await serve(({ response }) => {
      response.writeHead(200)
      response.write('first')
    })
    const response = await upstream()(server.url)
    const reader = response.body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('first')
    await reader?.cancel()
    const [received] = server.received
    if (received && !received.response.closed) await once(received.response, 'close')
    expect(received?.response.closed).toBe(true)
  })

  it('that is not read slows the server down', async () => {
    let written = 0
    const chunk = Buffer.alloc(64 * 1024)
    let blocked!: () => void
    const stalled = new Promise<void>((resolve) => (blocked = resolve))
    const server = await serve(({ response }) => {
      response.writeHead(200)
      const write = (): void => {
        while (written < 256 * 1024 * 1024) {
          written += chunk.length
          if (!response.write(chunk)) {
            // Room may come while the kernel's buffers fill; it stops coming when they are full.
            const timer = setTimeout(blocked, 300)
            response.once('drain', () => {
              clearTimeout(timer)
              write()
            })
            return
          }
        }
        blocked()
      }
      write()
    })
    const response = await upstream()(server.url)
    await stalled
    expect(written).toBeLessThan(32 * 1024 * 1024)
    await response.body?.cancel()
  })
})

describe('an abort', () => {
  it('before the request rejects with the reason and sends nothing', async () => {
    const server = await serve(({ response }) => response.end())
    await expect(upstream()(server.url, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
    const reason = new Error('mine')
    await expect(upstream()(server.url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(server.received).toHaveLength(0)
  })

  it('while the answer is awaited rejects, and the server sees the connection close', async () => {
    const server = await serve(() => undefined)
    const controller = new AbortController()
    const pending = upstream()(server.url, { signal: controller.signal })
    const { response } = await server.request(() => true)
    const closed = once(response, 'close')
    controller.abort()
    await expect(pending).rejects.toMatchObject({ name: 'AbortError' })
    await closed
  })

  it('during the body errors it with the reason, and the server sees the connection close', async () => {
    const server = await serve(({ response }) => {
      response.writeHead(200)
      response.write('first')
    })
    const controller = new AbortController()
    const response = await upstream()(server.url, { signal: controller.signal })
    const reader = response.body?.getReader()
    await reader?.read()
    const reading = reader?.read()
    const closed = once((await server.request(() => true)).response, 'close')
    controller.abort()
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' })
    await closed
  })
})

it('closing ends what is under way', async () => {
  const server: Server = createServer(() => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => void server.close())
  const { fetch, close } = createUpstreamFetch()
  const pending = failureOf(fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`))
  await once(server, 'request')
  close()
  expect((await pending).cause.sent).toBe(true)
})
