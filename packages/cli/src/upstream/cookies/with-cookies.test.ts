import { afterEach, describe, expect, it } from 'vitest'
import { startScriptedServer, type Script } from '../../testing/scripted-server.fixture.js'
import { createUpstream } from '../create-upstream.js'
import { CookieKeeper } from './cookie-keeper.js'

let closers: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closers.reverse()) await close()
  closers = []
})

/** Asks for each path in turn; what was sent as `Cookie`. */
async function cookiesSent(setCookies: readonly string[], requests: readonly (readonly [string, string?])[]) {
  let first = true
  const script: Script = ({ response }) => {
    if (first) response.setHeader('set-cookie', [...setCookies])
    first = false
    response.end('ok')
  }
  const server = await startScriptedServer(script)
  const { fetch, close } = createUpstream({})
  closers.push(server.close, close)
  for (const [path, cookie] of requests) {
    await (await fetch(new URL(path, server.url), cookie === undefined ? {} : { headers: { cookie } })).text()
  }
  return server.received.map(({ headers }) => headers.cookie)
}

describe('cookies', () => {
  it('come back to the server that set them, where and as long as they are meant to', async () => {
    const set = ['AWSALB=a1; Path=/; Max-Age=100', 'only=here; Path=/other', 'old=1; Max-Age=0', 'tls=1; Secure']
    // This machine counts as secure, as in browsers: "Secure" keeps no cookie from loopback.
    expect(await cookiesSent(set, [['/mcp'], ['/mcp'], ['/other']])).toEqual([
      undefined,
      'AWSALB=a1; tls=1',
      'only=here; AWSALB=a1; tls=1',
    ])
  })

  it('leave one alone that the user sends', async () => {
    expect(await cookiesSent(['a=server', 'b=2'], [['/'], ['/', 'a=mine; c=3']])).toEqual([
      undefined,
      'a=mine; c=3; b=2',
    ])
  })

  it('that are none, or another host’s, are passed over', async () => {
    const set = ['', '=', ';', 'other=1; Domain=example.com', `long=${'x'.repeat(5000)}`, 'good=1']
    expect(await cookiesSent(set, [['/'], ['/']])).toEqual([undefined, 'good=1'])
  })
})

it('keeps a hundred, and lets the oldest go', async () => {
  const keeper = new CookieKeeper()
  const url = new URL('https://example.com/')
  await keeper.keep(
    Array.from({ length: 150 }, (_, index) => `c${index}=1`),
    url,
  )
  await keeper.keep(['c60=2', 'one-more=1'], url)
  const kept = (await keeper.cookiesFor(url, new Set())).split('; ')
  expect(kept).toHaveLength(100)
  expect(kept).toContain('c60=2')
  expect(kept).not.toContain('c50=1')
})
