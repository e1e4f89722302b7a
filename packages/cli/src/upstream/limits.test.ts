import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { openEvents, type Script, startScriptedServer } from '../testing/scripted-server.fixture.js'
import { createUpstreamFetch, type UpstreamOptions } from './create-upstream-fetch.js'

let closers: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closers.reverse()) await close()
  closers = []
})

async function serve(script: Script, options: UpstreamOptions) {
  const server = await startScriptedServer(script)
  const { fetch, close } = createUpstreamFetch(options)
  closers.push(server.close, close)
  return { server, fetch: (init: RequestInit) => fetch(server.url, init) }
}

const post = { method: 'POST', body: 'x', headers: { accept: 'application/json, text/event-stream' } }
const get = { headers: { accept: 'text/event-stream' } }

describe('the time until an answer begins', () => {
  it('ends a message that it is too long for: it was sent', async () => {
    const { fetch, server } = await serve(() => undefined, { headersTimeout: 100 })
    const pending = fetch(post)
    const { response } = await server.request(() => true)
    const closed = once(response, 'close')
    await expect(pending).rejects.toMatchObject({ cause: { code: 'UND_ERR_HEADERS_TIMEOUT', sent: true } })
    await closed
  })

  it('ends neither an answer that has begun nor a stream that has nothing to tell yet', async () => {
    const { fetch, server } = await serve(
      ({ method, response }) => {
        if (method === 'POST') response.writeHead(200, { 'content-length': 2 }).write('o')
      },
      { headersTimeout: 100 },
    )
    const stream = fetch(get)
    const answer = await fetch(post)
    await new Promise((resolve) => setTimeout(resolve, 200))
    for (const { method, response } of server.received) {
      if (method === 'POST') response.end('k')
      else response.writeHead(200).end('late')
    }
    expect(await answer.text()).toBe('ok')
    expect(await (await stream).text()).toBe('late')
  })
})

describe('the silence of an event stream', () => {
  it('that is too long breaks it off, for a GET and for a POST', async () => {
    const { fetch, server } = await serve(
      ({ response }) => {
        openEvents(response)
        response.write(': hello\n\n')
      },
      { idleTimeout: 100 },
    )
    for (const init of [get, post]) {
      await expect((await fetch(init)).text()).rejects.toMatchObject({
        message: 'terminated',
        cause: { code: 'UND_ERR_BODY_TIMEOUT', sent: true },
      })
    }
    for (const { response } of server.received) await expect.poll(() => response.closed).toBe(true)
  })

  it('is broken by a comment', async () => {
    const { fetch } = await serve(
      ({ response }) => {
        openEvents(response)
        let left = 6
        const beat = (): void => {
          if (left-- === 0) response.end('data: done\n\n')
          else response.write(': beat\n\n', () => setTimeout(beat, 250))
        }
        beat()
      },
      { idleTimeout: 1000 },
    )
    expect(await (await fetch(get)).text()).toContain('done')
  })

  it('counts for nothing while nobody reads, and for no other body', async () => {
    let isEvents = true
    const { fetch, server } = await serve(
      ({ response }) => {
        if (isEvents) openEvents(response)
        else response.writeHead(200, { 'content-type': 'application/json' })
        response.write('first,')
      },
      { idleTimeout: 50 },
    )
    const unread = await fetch(get)
    isEvents = false
    const other = await fetch(post)
    const text = other.text()
    await new Promise((resolve) => setTimeout(resolve, 200))
    for (const { response } of server.received) response.end('last')
    expect(await unread.text()).toBe('first,last')
    expect(await text).toBe('first,last')
  })
})
