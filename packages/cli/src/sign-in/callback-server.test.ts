import { once } from 'node:events'
import { createServer, type IncomingMessage, request } from 'node:http'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { pageHtml } from './callback-page.js'
import { callbackPorts } from './callback-port.js'
import { CallbackServer } from './callback-server.js'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

const options = { host: '127.0.0.1', path: '/callback', state: 'the-state' } as const

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

async function listen(): Promise<{ server: CallbackServer; port: number }> {
  const port = await freePort()
  const server = await CallbackServer.listen({ ...options, ports: [port] })
  closers.push(() => {
    server.close()
  })
  return { server, port }
}

/** One request, with a `Host` of its own. */
async function ask(port: number, path: string, { host = `127.0.0.1:${port}`, method = 'GET' } = {}) {
  const sent = request({ host: '127.0.0.1', port, path, method, headers: { host } }).end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk)
  return { status: response.statusCode, text, headers: response.headers }
}

describe('the place that the browser comes back to', () => {
  it('takes the answer once, keeps the browser until it is told what to show, and is gone then', async () => {
    const { server, port } = await listen()
    expect(server.redirectUrl).toBe(`http://127.0.0.1:${port}/callback`)
    const answered = server.answered(new AbortController().signal)
    const shown = ask(port, '/callback?code=c&state=the-state&iss=https%3A%2F%2Fi.example')
    const { params, respond } = await answered
    expect([params.get('code'), params.get('iss')]).toEqual(['c', 'https://i.example'])
    expect((await ask(port, '/callback?code=d&state=the-state')).status).toBe(409)
    await respond({ status: 200, title: 'Signed in', text: 'Go back.' })
    const { status, text, headers } = await shown
    expect([status, text]).toEqual([200, expect.stringContaining('Go back.')])
    expect(headers).toMatchObject({
      ...{ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', connection: 'close' },
      'content-security-policy': expect.stringContaining("default-src 'none'") as string,
    })
    server.close()
    await expect(ask(port, '/')).rejects.toThrow('ECONNREFUSED')
  })

  it.each([
    ['another state', '/callback?code=c&state=other', {}, 400],
    ['a state that only begins so', '/callback?code=c&state=the-stat', {}, 400],
    ['no state', '/callback?code=c', {}, 400],
    ['another path', '/favicon.ico', {}, 404],
    ['the root', '/?code=c&state=the-state', {}, 404],
    ['a form', '/callback?code=c&state=the-state', { method: 'POST' }, 405],
    ['a name that was pointed here', '/callback?code=c&state=the-state', { host: 'evil.example' }, 421],
    ['another port in the name', '/callback?code=c&state=the-state', { host: '127.0.0.1:1' }, 421],
  ])('takes no answer with %s', async (_what, path, more, status) => {
    const { server, port } = await listen()
    expect((await ask(port, path, more)).status).toBe(status)
    // The right one is still awaited.
    const answered = server.answered(new AbortController().signal)
    void ask(port, '/callback?code=right&state=the-state', { host: `localhost:${port}` }).catch(() => undefined)
    expect((await answered).params.get('code')).toBe('right')
  })

  it('waits no longer than its caller', async () => {
    const { server } = await listen()
    await expect(server.answered(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  })
})

it('what a page says is text', () => {
  expect(pageHtml({ status: 200, title: '<b>', text: `"&'<script>` })).not.toMatch(/<b>|<script>|"&'/)
})

describe('the ports', () => {
  it('are the same in every run, and no others than the system’s own', () => {
    fc.assert(
      fc.property(fc.webUrl(), (url) => {
        const find = () => callbackPorts(new URL(url), { port: undefined, mustBeTheSame: false })
        expect(find()).toEqual(find())
        expect(new Set(find()).size).toBe(8)
        for (const port of find()) expect(port >= 20_000 && port < 32_000).toBe(true)
        expect(callbackPorts(new URL(url), { port: undefined, mustBeTheSame: true })).toEqual(find().slice(0, 1))
        expect(callbackPorts(new URL(url), { port: 3334, mustBeTheSame: false })).toEqual([3334])
      }),
    )
  })

  it('are others for another server', () => {
    const ports = ['https://a.example/mcp', 'https://b.example/mcp', 'https://a.example/other'].map(
      (url) => callbackPorts(new URL(url), { port: undefined, mustBeTheSame: true })[0],
    )
    expect(new Set(ports).size).toBe(3)
  })
})
