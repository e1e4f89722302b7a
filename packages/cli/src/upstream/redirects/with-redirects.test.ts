import { afterEach, describe, expect, it } from 'vitest'
import { startScriptedServer, type Script } from '../../testing/scripted-server.fixture.js'
import { createUpstream } from '../create-upstream.js'

let closers: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closers.reverse()) await close()
  closers = []
})

async function serve(script: Script) {
  const server = await startScriptedServer(script)
  closers.push(server.close)
  return server
}

function upstream() {
  const { fetch, close } = createUpstream({})
  closers.push(close)
  return fetch
}

const credentials = { authorization: 'Bearer geheim', 'mcp-session-id': 's1', 'x-key': 'k' }

describe('redirects', () => {
  it('within the origin keep method, body and credentials, for messages and streams', async () => {
    const server = await serve(({ request, response }) => {
      if (request.url === '/mcp') response.writeHead(307, { location: '/mcp/' }).end('moved')
      else response.end('ok')
    })
    const fetch = upstream()
    const response = await fetch(server.url, { method: 'POST', body: '{"a":1}', headers: credentials })
    expect([response.status, response.url, await response.text()]).toEqual([200, `${server.url.href}/`, 'ok'])
    await (await fetch(server.url, { headers: credentials })).text()
    expect(server.received.map(({ method, body }) => `${method} ${body}`)).toEqual([
      'POST {"a":1}',
      'POST {"a":1}',
      'GET ',
      'GET ',
    ])
    for (const { headers } of server.received) expect(headers).toMatchObject(credentials)
  })

  it('to another origin take no credential there: the caller sees the 3xx', async () => {
    const other = await serve(({ response }) => response.end('mine now'))
    const server = await serve(({ response }) => response.writeHead(307, { location: other.url.href }).end())
    const fetch = upstream()
    for (const init of [
      { method: 'POST', body: 'token=geheim' },
      { headers: credentials },
      { headers: { 'x-key': 'k' } },
    ]) {
      const response = await fetch(server.url, init)
      expect([response.status, response.headers.get('location')]).toEqual([307, other.url.href])
    }
    expect(other.received).toHaveLength(0)
    // What anybody may ask is asked there.
    expect(await (await fetch(server.url, { headers: { accept: 'application/json' } })).text()).toBe('mine now')
  })

  it('without an end are returned after the fifth', async () => {
    const server = await serve(({ response }) => response.writeHead(307, { location: '/mcp' }).end())
    expect((await upstream()(server.url, { method: 'POST', body: 'x' })).status).toBe(307)
    expect(server.received).toHaveLength(6)
  })

  it('are left to a caller that asks for them', async () => {
    const server = await serve(({ response }) => response.writeHead(307, { location: '/elsewhere' }).end())
    expect((await upstream()(server.url, { redirect: 'manual' })).status).toBe(307)
    await expect(upstream()(server.url, { redirect: 'error' })).rejects.toThrow(TypeError)
    expect(server.received).toHaveLength(2)
  })
})

it('http: to another machine is refused before anything is sent, after a redirect too', async () => {
  const server = await serve(({ response }) => response.writeHead(302, { location: 'http://mcp.invalid/x' }).end())
  for (const url of ['http://mcp.invalid/', server.url]) {
    const failure = await upstream()(url).catch((error: unknown) => (error as Error).cause)
    expect(failure).toMatchObject({ code: 'ERR_HTTP_NOT_ALLOWED', sent: false, lasting: true })
    expect((failure as Error).message).toContain('--allow-http')
  }
})
