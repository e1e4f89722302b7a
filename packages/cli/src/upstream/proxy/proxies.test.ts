import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createSecureContext } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { authorityCertificate, serverCertificate, serverKey } from '../../testing/certificate-authority.fixture.js'
import { type ConnectProxyOptions, startConnectProxy } from '../../testing/connect-proxy.fixture.js'
import { createUpstreamFetch } from '../create-upstream-fetch.js'
import type { UpstreamFailure } from '../failure.js'

let closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.reverse()) await close()
  closers = []
})

const identity = { key: serverKey, cert: serverCertificate }
const trust = createSecureContext({ ca: authorityCertificate })

async function serve(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** A server that only the proxy finds, as `mcp.test`, and a fetch that asks the proxy. */
async function behind(options: Partial<ConnectProxyOptions> = {}, connectTimeout = 30_000) {
  const connections = new Set<number | undefined>()
  const answer = (
    request: { socket: { remotePort?: number | undefined } },
    response: { end: (t: string) => unknown },
  ) => {
    connections.add(request.socket.remotePort)
    response.end('hello')
  }
  const secure = await serve(createTlsServer(identity, answer))
  const proxy = await startConnectProxy({ port: secure, ...options })
  const url = new URL(proxy.url)
  url.username = 'me'
  url.password = 'ge:heim'
  const environment = { HTTPS_PROXY: url.href, HTTP_PROXY: url.href }
  const upstream = createUpstreamFetch({ environment, trust, allowHttp: true, connectTimeout })
  closers.push(proxy.close, upstream.close)
  return { proxy, connections, fetch: upstream.fetch, answer }
}

const post = { method: 'POST', body: 'x' }

async function failureOf(promise: Promise<unknown>): Promise<TypeError & { cause: UpstreamFailure }> {
  return promise.then(
    () => {
      throw new Error('it did not fail')
    },
    (error: unknown) => error as TypeError & { cause: UpstreamFailure },
  )
}

describe('an https: server behind a proxy', () => {
  it('is reached by CONNECT with the credentials of the URL, on one connection for all requests', async () => {
    const { proxy, fetch, connections } = await behind()
    for (let round = 0; round < 3; round++)
      expect(await (await fetch('https://mcp.test/mcp', post)).text()).toBe('hello')
    expect(proxy.asked).toEqual(['CONNECT mcp.test:443'])
    expect(proxy.headers.map((each) => each['proxy-authorization'])).toEqual([
      `Basic ${Buffer.from('me:ge:heim').toString('base64')}`,
    ])
    expect(connections.size).toBe(1)
  })

  it('is reached through a proxy that speaks TLS itself', async () => {
    const { fetch, proxy } = await behind({ tls: identity })
    expect(await (await fetch('https://mcp.test/mcp', post)).text()).toBe('hello')
    expect(proxy.url.protocol).toBe('https:')
  })

  it('whose certificate is for another name fails as without a proxy', async () => {
    const { fetch } = await behind()
    const { message, cause } = await failureOf(fetch('https://other.test/', post))
    expect(message).toBe('fetch failed')
    expect(cause).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID', sent: false })
  })

  it.each([
    [502, 'ERR_PROXY_CONNECT', 'could not reach the server (it answered 502 Refused)', false],
    [503, 'ERR_PROXY_CONNECT', 'could not reach the server (it answered 503 Refused)', false],
    [504, 'ERR_PROXY_CONNECT', 'could not reach the server (it answered 504 Refused)', false],
    [407, 'ERR_PROXY_AUTHENTICATION', 'wants a user name and password (407 Refused)', true],
    [403, 'ERR_PROXY_CONNECT', 'does not allow connections to the server', true],
    [405, 'ERR_PROXY_CONNECT', 'did not connect to the server (it answered 405 Refused)', true],
    ['garbage', 'ERR_PROXY_CONNECT', 'did not connect to the server (it answered no HTTP answer)', true],
  ] as const)('that the proxy answers %s for: nothing was sent', async (answer, code, words, lasting) => {
    const { fetch, proxy } = await behind({ answer })
    const { message, cause } = await failureOf(fetch('https://mcp.test/', post))
    expect(message).toContain(`fetch failed: the proxy ${proxy.url.host} ${words}`)
    expect(message).not.toContain('heim')
    expect(cause).toMatchObject({ code, sent: false, lasting, proxy: proxy.url.host })
  })

  it('whose proxy is down: nothing was sent, and the message names the proxy', async () => {
    const { fetch, proxy } = await behind()
    await proxy.close()
    const { message, cause } = await failureOf(fetch('https://mcp.test/', post))
    expect(message).toBe(`fetch failed at the proxy ${proxy.url.host}`)
    expect(cause).toMatchObject({ code: 'ECONNREFUSED', sent: false, proxy: proxy.url.host })
  })

  it('whose proxy says nothing: nothing was sent, and the connection to it is closed', async () => {
    const { fetch, proxy } = await behind({ answer: 'silence' }, 200)
    const { cause } = await failureOf(fetch('https://mcp.test/', post))
    expect(cause).toMatchObject({ code: 'UND_ERR_CONNECT_TIMEOUT', sent: false, proxy: proxy.url.host })
    await expect.poll(proxy.connections).toBe(0)
  })

  it('can be given up while the proxy says nothing', async () => {
    const { fetch, proxy } = await behind({ answer: 'silence' })
    const abort = new AbortController()
    const pending = fetch('https://mcp.test/', { ...post, signal: abort.signal })
    await expect.poll(() => proxy.asked.length).toBe(1)
    abort.abort()
    await expect(pending).rejects.toMatchObject({ name: 'AbortError' })
    await expect.poll(proxy.connections).toBe(0)
  })

  it('that dies under a request: it was sent', async () => {
    const server = createTlsServer(identity, (request) => request.socket.destroy())
    const { fetch } = await behind({ port: await serve(server) })
    const { message, cause } = await failureOf(fetch('https://mcp.test/', post))
    expect(message).toBe('fetch failed')
    expect(cause).toMatchObject({ code: 'ECONNRESET', sent: true })
  })
})

describe('an http: server behind a proxy', () => {
  it('is asked for by its whole address, on connections that are kept', async () => {
    const { answer } = await behind()
    const { proxy, fetch } = await behind({ port: await serve(createServer(answer)) })
    for (let round = 0; round < 2; round++) {
      expect(await (await fetch('http://mcp.test/mcp?a=1', post)).text()).toBe('hello')
    }
    expect(proxy.asked).toEqual(Array(2).fill('POST http://mcp.test/mcp?a=1'))
    expect(proxy.headers[0]?.['proxy-authorization']).toMatch(/^Basic /)
    expect(proxy.connections()).toBe(1)
  })

  it('that the proxy wants credentials for: nothing was sent', async () => {
    const { fetch } = await behind({ answer: 407 })
    const { message, cause } = await failureOf(fetch('http://mcp.test/', post))
    expect(message).toContain('wants a user name and password')
    expect(cause).toMatchObject({ code: 'ERR_PROXY_AUTHENTICATION', sent: false, lasting: true })
  })

  it('whose proxy is down: nothing was sent, and the message names the proxy', async () => {
    const { fetch, proxy } = await behind()
    await proxy.close()
    const { message, cause } = await failureOf(fetch('http://mcp.test/', post))
    expect(message).toBe(`fetch failed at the proxy ${proxy.url.host}`)
    expect(cause).toMatchObject({ code: 'ECONNREFUSED', sent: false })
  })
})
