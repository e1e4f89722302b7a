import { once } from 'node:events'
import { createServer as createTlsServer } from 'node:https'
import * as net from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { testCertificate, testKey } from '../testing/tls-identity.fixture.js'
import { createUpstreamFetch } from './create-upstream-fetch.js'
import type { UpstreamFailure } from './failure.js'

let closers: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closers.reverse()) await close()
  closers = []
})

function upstream(connectTimeout?: number) {
  const created = createUpstreamFetch({ allowHttp: true, ...(connectTimeout === undefined ? {} : { connectTimeout }) })
  closers.push(created.close)
  return created.fetch
}

async function serveSockets(onSocket: (socket: net.Socket) => void): Promise<URL> {
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined)
    onSocket(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => void server.close())
  return new URL(`http://127.0.0.1:${(server.address() as net.AddressInfo).port}/`)
}

async function serveTls(): Promise<string> {
  const server = createTlsServer({ key: testKey, cert: testCertificate }, (_request, response) => response.end('ok'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => void server.close())
  return `https://127.0.0.1:${(server.address() as net.AddressInfo).port}/`
}

async function failureOf(promise: Promise<unknown>): Promise<TypeError & { cause: UpstreamFailure }> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(TypeError)
  return error as TypeError & { cause: UpstreamFailure }
}

describe('a failure says how far the request came', () => {
  it('connection refused: not sent', async () => {
    const url = await serveSockets(() => undefined)
    await closers.pop()?.()
    const error = await failureOf(upstream()(url))
    expect(error.message).toBe('fetch failed')
    expect(error.cause).toMatchObject({ code: 'ECONNREFUSED', sent: false, reusedSocket: false })
  })

  it('unknown host: not sent', async () => {
    const { cause } = await failureOf(upstream()('http://no-such-host.invalid/'))
    expect(['ENOTFOUND', 'EAI_AGAIN']).toContain(cause.code)
    expect(cause.sent).toBe(false)
  })

  it('a certificate that does not verify: not sent', async () => {
    const { cause } = await failureOf(upstream()(await serveTls(), { method: 'POST', body: 'x' }))
    expect(cause).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT', sent: false })
  })

  it('no TLS on the other side: not sent', async () => {
    const url = await serveSockets((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    url.protocol = 'https:'
    const { cause } = await failureOf(upstream()(`https://${url.host}/`, { method: 'POST', body: 'x' }))
    expect(cause.sent).toBe(false)
  })

  it('no TLS handshake in time: not sent', async () => {
    const url = await serveSockets(() => undefined)
    const { cause } = await failureOf(upstream(50)(`https://${url.host}/`))
    expect(cause).toMatchObject({ code: 'UND_ERR_CONNECT_TIMEOUT', sent: false })
  })

  it('reset before the headers: sent', async () => {
    const url = await serveSockets((socket) => socket.once('data', () => socket.resetAndDestroy()))
    const { cause } = await failureOf(upstream()(url, { method: 'POST', body: 'x' }))
    expect(cause).toMatchObject({ code: 'ECONNRESET', sent: true, reusedSocket: false })
  })

  it('reset inside the body: the body breaks off', async () => {
    const url = await serveSockets((socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart', () => socket.resetAndDestroy())
      }),
    )
    const response = await upstream()(url)
    const error = await failureOf(response.text())
    expect(error.message).toBe('terminated')
    expect(error.cause).toMatchObject({ code: 'ECONNRESET', sent: true })
  })

  it('closed inside the body: the body breaks off', async () => {
    const url = await serveSockets((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart')),
    )
    const error = await failureOf((await upstream()(url)).text())
    expect(error.cause).toMatchObject({ code: 'ECONNRESET', sent: true })
  })

  it('a kept connection that the server closes: sent, on a reused socket', async () => {
    const url = await serveSockets((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
        socket.once('data', () => socket.destroy())
      })
    })
    const fetch = upstream()
    await (await fetch(url)).text()
    await new Promise((resolve) => setImmediate(resolve))
    const { cause } = await failureOf(fetch(url, { method: 'POST', body: 'x' }))
    expect(cause).toMatchObject({ code: 'ECONNRESET', sent: true, reusedSocket: true })
  })

  it('no HTTP at all: sent', async () => {
    const url = await serveSockets((socket) => socket.once('data', () => socket.end('hello\r\n')))
    const { cause } = await failureOf(upstream()(url))
    expect(cause).toMatchObject({ code: 'HPE_INVALID_CONSTANT', sent: true })
  })
})
