import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { bridgeOnPipes } from '../testing/bridge-on-pipes.fixture.js'
import {
  event,
  json,
  mcpScript,
  openEvents,
  type Received,
  startScriptedServer,
} from '../testing/scripted-server.fixture.js'

let closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.reverse()) await close()
  closers = []
})

/** A session whose nth GET is answered by the nth script. */
async function connect(...gets: ((received: Received) => unknown)[]) {
  const rest = mcpScript(({ response, message }) => {
    json(response, { jsonrpc: '2.0', id: message.id, result: {} })
  })
  let count = 0
  const server = await startScriptedServer((received) =>
    received.method === 'GET' ? gets[Math.min(count++, gets.length - 1)]?.(received) : rest(received),
  )
  const host = bridgeOnPipes(server.url)
  closers.push(server.close, host.close)
  await host.handshake()
  return { server, ...host, gets: () => server.received.filter(({ method }) => method === 'GET') }
}

const notification = (name: string): string => `{"jsonrpc":"2.0","method":"${name}"}`

describe('the standalone stream', () => {
  it('is opened after initialized, with the session, and brings the messages of the server', async () => {
    const { server, lines, gets } = await connect(({ response }) => {
      openEvents(response)
      response.write(`: keep-alive\n\n${event(notification('a'))}${event(notification('b'))}`)
    })
    expect([await lines.next(), await lines.next()]).toEqual([notification('a'), notification('b')])
    expect(gets()[0]?.headers).toMatchObject({
      accept: 'text/event-stream',
      'mcp-session-id': 's-secret-session-1',
      'mcp-protocol-version': '2025-06-18',
    })
    expect(gets()[0]?.headers).not.toHaveProperty('content-type')
    expect(server.received[1]?.message.method).toBe('notifications/initialized')
  })

  it('is not asked for again where the server offers none', async () => {
    const { send, lines, stderr, gets } = await connect(({ response }) => response.writeHead(405).end())
    await stderr.containing('no standalone stream')
    send('{"jsonrpc":"2.0","id":1,"method":"ping"}')
    await lines.next()
    expect(gets()).toHaveLength(1)
  })

  it('comes back after its end, after the time that the server asked for, from the last event on', async () => {
    const first = ({ response }: Received): void => {
      openEvents(response)
      response.end(`retry: 20\n\n${event(notification('a'), 'event-7')}`)
    }
    const { server, lines } = await connect(first, ({ response }) => {
      openEvents(response)
      response.write(event(notification('b')))
    })
    const start = performance.now()
    expect([await lines.next(), await lines.next()]).toEqual([notification('a'), notification('b')])
    // The wish of 20 ms is raised to a second: a server must not make us hammer it.
    expect(performance.now() - start).toBeGreaterThan(900)
    const again = await server.request(({ headers }) => headers['last-event-id'] !== undefined)
    expect(again.headers['last-event-id']).toBe('event-7')
  })

  it('comes back after a break and after an error, without an id that was refused', async () => {
    const { lines, gets } = await connect(
      ({ response, request }) => {
        openEvents(response)
        response.write(event(notification('a'), '1'), () => request.socket.resetAndDestroy())
      },
      ({ response }) => response.writeHead(404).end(),
      ({ response }) => {
        openEvents(response)
        response.write(event(notification('b')))
      },
    )
    expect([await lines.next(), await lines.next()]).toEqual([notification('a'), notification('b')])
    expect(gets().map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '1', undefined])
  })

  it('ends when the bridge does', async () => {
    const { bridge, server } = await connect(({ response }) => {
      openEvents(response)
    })
    const { response } = await server.request(({ method }) => method === 'GET')
    const closed = once(response, 'close')
    await bridge.stop()
    await closed
  })
})
