import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { bridgeOnPipes } from '../testing/bridge-on-pipes.fixture.js'
import {
  event,
  initializedLine,
  initializeLine,
  json,
  mcpScript,
  openEvents,
  type Received,
  type Script,
  startScriptedServer,
} from '../testing/scripted-server.fixture.js'

let closers: (() => Promise<void>)[] = []
beforeEach(() => {
  // Only what this package waits with; Node's own timers go on.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(async () => {
  vi.useRealTimers()
  for (const close of closers.reverse()) await close()
  closers = []
})

async function connect(script: Script) {
  const server = await startScriptedServer(script)
  const host = bridgeOnPipes(server.url)
  closers.push(server.close, host.close)
  return { server, ...host }
}

const call = (id: number): string => `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{}}`
const isCall = ({ message }: Received): boolean => message.method === 'tools/call'

describe('a limit', () => {
  it('5 s: a server that never acknowledges initialized does not silence the calls after it', async () => {
    const { server, lines, send } = await connect((received) =>
      received.message.method === 'notifications/initialized' ? undefined : mcpScript(() => undefined)(received),
    )
    for (const line of [initializeLine, initializedLine, call(1)]) send(line)
    await lines.next()
    await server.request(({ message }) => message.method === 'notifications/initialized')
    await vi.advanceTimersByTimeAsync(4_900)
    expect(server.received.some(isCall)).toBe(false)
    await vi.advanceTimersByTimeAsync(100)
    await server.request(isCall)
  })

  it('10 s: a stream that goes on after the answer is ended', async () => {
    const { server, lines, send, handshake } = await connect(
      mcpScript(({ response }) => {
        openEvents(response)
        response.write(event('{"jsonrpc":"2.0","id":1,"result":{}}'))
      }),
    )
    await handshake()
    send(call(1))
    await lines.next()
    const { response } = await server.request(isCall)
    let closed = false
    const closing = once(response, 'close').then(() => (closed = true))
    await vi.advanceTimersByTimeAsync(9_900)
    expect(closed).toBe(false)
    await vi.advanceTimersByTimeAsync(100)
    await closing
  })

  it('1,000 messages that wait: the host is not read on before there is room', async () => {
    const { server, send, input } = await connect((received) => {
      if (received.message.method === 'initialize') return undefined
      return mcpScript(({ response, message }) => {
        json(response, { jsonrpc: '2.0', id: message.id, result: {} })
      })(received)
    })
    const paused = once(input, 'pause')
    send(initializeLine)
    const { response, message } = await server.request(() => true)
    for (let id = 1; id <= 1_200; id++) send(call(id))
    await paused
    expect(input.isPaused()).toBe(true)
    json(response, { jsonrpc: '2.0', id: message.id, result: { protocolVersion: '2025-11-25' } })
    await server.request((received) => received.message.id === 1_200)
    expect(input.isPaused()).toBe(false)
  })
})
