import { afterEach, expect, it } from 'vitest'
import { at } from '../wire/json.js'
import { request } from '../wire/json-rpc.js'
import { FaultServer } from './fault-server.js'
import { resumes } from './match.js'
import type { FaultServerOptions } from './options.js'

let server: FaultServer | undefined

async function start(options: FaultServerOptions): Promise<FaultServer> {
  server = await FaultServer.start({ stateless: true, ...options })
  return server
}

afterEach(async () => {
  await server?.close()
})

function post(url: string, message: unknown): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(message) })
}

it('goes away and comes back on the same port', async () => {
  const { url } = await start({})
  expect((await post(url, request(1, 'ping'))).status).toBe(200)
  await server?.goAway()
  await expect(post(url, request(2, 'ping'))).rejects.toThrow('fetch failed')
  expect(server?.url).toBe(url)
  await server?.comeBack()
  expect((await post(url, request(3, 'ping'))).status).toBe(200)
})

it('has no address before it listens', () => {
  expect(() => new FaultServer().url).toThrow('not listening')
})

it('lists page by page, each entry once', async () => {
  const { url } = await start({ pageSize: 2 })
  const names: unknown[] = []
  let cursor: unknown
  do {
    const page: unknown = await (await post(url, request(1, 'tools/list', { cursor }))).json()
    const tools = at(page, 'result', 'tools') as readonly unknown[]
    expect(tools.length).toBeLessThanOrEqual(2)
    names.push(...tools.map((tool) => at(tool, 'name')))
    cursor = at(page, 'result', 'nextCursor')
  } while (cursor !== undefined)
  expect(names).toEqual(['read_value', 'set_value', 'append_value', 'whoami', 'fail_with'])
})

it('compresses for those who take it', async () => {
  const { url } = await start({ compressed: true })
  const answer = await post(url, request(1, 'ping'))
  expect(answer.headers.get('content-encoding')).toBe('gzip')
  expect(await answer.json()).toEqual({ jsonrpc: '2.0', id: 1, result: {} })
  const body = JSON.stringify(request(1, 'ping'))
  const plain = await fetch(url, { method: 'POST', headers: { 'accept-encoding': 'identity' }, body })
  expect(plain.headers.get('content-encoding')).toBeNull()
})

it('a reset comes after what was sent before it has arrived', async () => {
  const { url } = await start({})
  server?.script(resumes('e1'), { sse: ['id: e2\ndata: {}\n\n', { reset: true }] })
  const response = await fetch(url, { headers: { 'last-event-id': 'e1' } })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  expect((await reader?.read())?.value).toBe('id: e2\ndata: {}\n\n')
  await expect(reader?.read()).rejects.toThrow('terminated')
})
