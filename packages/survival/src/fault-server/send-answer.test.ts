import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { framed } from './answer.js'
import { FaultServer } from './fault-server.js'
import { uses } from './match.js'
import { RawHttp } from './raw-http.fixture.js'

let server: FaultServer
const sockets: RawHttp[] = []

beforeEach(async () => {
  server = await FaultServer.start()
})

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close()
  await server.close()
})

function get(): RawHttp {
  const raw = new RawHttp(server.url, 'GET')
  sockets.push(raw)
  return raw
}

describe('the bytes of', () => {
  it('a plain answer: its status, its headers, its body, and no Content-Type of our own', async () => {
    server.script(uses('GET'), { status: 418, headers: { 'x-own': 'yes' }, body: 'no' })
    const raw = get()
    expect(await raw.ended).toBe('end')
    expect(raw.received).toMatch(/^HTTP\/1\.1 418 /)
    expect(raw.received).toContain('x-own: yes\r\n')
    expect(raw.received.toLowerCase()).not.toContain('content-type')
    expect(raw.received.endsWith('\r\n\r\nno')).toBe(true)
  })

  it('an event stream, step by step', async () => {
    let openGate!: () => void
    const gate = new Promise<void>((resolve) => (openGate = resolve))
    server.script(uses('GET'), { sse: [': first\n\n', { gate }, 'data: second\n\n'] })
    const raw = get()
    await raw.until(': first')
    expect(raw.received).not.toContain('second')
    openGate()
    expect(await raw.ended).toBe('end')
    expect(raw.received).toContain('data: second\n\n')
    expect(raw.received.endsWith('0\r\n\r\n')).toBe(true)
  })

  it('an event stream that breaks off: no last chunk', async () => {
    server.script(uses('GET'), { sse: ['data: first\n\n', { gate: Promise.resolve() }, { reset: true }] })
    const raw = get()
    await raw.ended
    expect(raw.received.endsWith('0\r\n\r\n')).toBe(false)
  })

  it('a reset before the head: none', async () => {
    server.script(uses('GET'), { reset: 'before-head' })
    const raw = get()
    await raw.ended
    expect(raw.received).toBe('')
  })

  it('a reset after the head', async () => {
    server.script(uses('GET'), { reset: 'after-head' })
    const raw = get()
    await raw.ended
    expect(raw.received).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\n$/)
  })

  it('a reset after n bytes of the body', async () => {
    const of = { status: 200, headers: { 'content-length': '10' }, body: '0123456789' }
    server.script(uses('GET'), { reset: 'after-bytes', bytes: 4, of })
    const raw = get()
    await raw.ended
    expect(raw.received.endsWith('\r\n\r\n0123')).toBe(true)
  })

  it('JSON-RPC in one SSE frame', async () => {
    server.script(uses('GET'), framed(400, { jsonrpc: '2.0' }))
    const raw = get()
    await raw.ended
    expect(raw.received.endsWith('event: message\ndata: {"jsonrpc":"2.0"}\n\n')).toBe(true)
  })
})

describe('closing', () => {
  it('cuts silence, gates and open streams at once', async () => {
    const never = new Promise<never>(() => undefined)
    server.script(uses('GET'), { silence: true })
    server.script(uses('GET'), { gate: never, then: 'default' })
    server.script(uses('GET'), { sse: [': here\n\n'], open: true })
    server.script(uses('GET'), { delayMs: 60_000, then: 'default' })
    const all = [get(), get(), get(), get()]
    await server.log.waitFor(() => server.log.exchanges.length === 4)
    await server.close()
    for (const raw of all) expect(['end', 'reset']).toContain(await raw.ended)
  })

  it('does not mind a gate that rejects, or a client that went away', async () => {
    const rejected = Promise.reject(new Error('no'))
    rejected.catch(() => undefined)
    server.script(uses('GET'), { gate: rejected, then: 'default' })
    let openGate!: () => void
    const gate = new Promise<void>((resolve) => (openGate = resolve))
    server.script(uses('GET'), { gate, then: 'default' })
    const [first, second] = [get(), get()]
    await server.log.waitFor(() => server.log.exchanges.length === 2)
    first.close()
    second.close()
    await server.log.waitFor(() => server.log.exchanges.every(({ ended }) => ended === 'cut'))
    openGate()
    await gate
  })
})
