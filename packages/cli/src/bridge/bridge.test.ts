import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { bridgeOnPipes, type BridgeOnPipesOptions } from '../testing/bridge-on-pipes.fixture.js'
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
afterEach(async () => {
  for (const close of closers.reverse()) await close()
  closers = []
})

async function connect(script: Script, options?: BridgeOnPipesOptions) {
  const server = await startScriptedServer(script)
  closers.push(server.close)
  const host = bridgeOnPipes(server.url, options)
  closers.push(host.close)
  return { server, ...host }
}

const call = (id: unknown, name = 'x'): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name } })
const isCall = ({ message }: Received): boolean => message.method === 'tools/call'

/** A number that no double holds, escapes, unknown members, an odd layout: all of it has to survive. */
const oddMembers = '"x-unknown" : {"n":12345678901234567890,"e":"\\u00e9\\/\\n","u":"é😀\u2028"},  "f":1.0e0'

describe('a message of the host', () => {
  it('goes out byte for byte, in UTF-8', async () => {
    const { server, send, input, handshake } = await connect(
      mcpScript(({ response, message }) => {
        json(response, { jsonrpc: '2.0', id: message.id, result: {} })
      }),
    )
    await handshake()
    const line = `{"jsonrpc":"2.0", "id":7,"method":"tools/call","params":{${oddMembers}}}`
    const bytes = Buffer.from(`${line}\r\n`)
    for (const byte of bytes) input.write(Buffer.of(byte))
    expect((await server.request(isCall)).body).toBe(line)
    send('')
    send('  ')
    send(call(8))
    await server.request(({ message }) => message.id === 8)
    expect(server.received.filter(isCall)).toHaveLength(2)
  })

  it('carries what the transport asks for, and the session from initialize on', async () => {
    const { server, send, lines, handshake } = await connect(
      mcpScript(({ response, message }) => {
        json(response, { jsonrpc: '2.0', id: message.id, result: {} })
      }),
      { headers: { authorization: 'Bearer abc' } },
    )
    await handshake()
    send(call(1))
    await lines.next()
    const [first, ...others] = server.received
    expect(first?.headers).toMatchObject({
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      authorization: 'Bearer abc',
    })
    expect(first?.headers).not.toHaveProperty('mcp-session-id')
    expect(first?.headers).not.toHaveProperty('mcp-protocol-version')
    for (const { headers } of others) {
      expect(headers).toMatchObject({ 'mcp-session-id': 's-secret-session-1', 'mcp-protocol-version': '2025-06-18' })
    }
  })

  it('waits for initialize and initialized, and for nothing else', async () => {
    let hold: Received | undefined
    const { server, send, lines } = await connect((received) => {
      if (received.message.method === 'notifications/initialized') hold = received
      else return mcpScript(() => undefined)(received)
      return undefined
    })
    for (const line of [initializeLine, initializedLine, call(1), call(2), '{"jsonrpc":"2.0","method":"n"}']) send(line)
    await lines.next()
    await server.request(({ message }) => message.method === 'notifications/initialized')
    expect(server.received).toHaveLength(2)
    hold?.response.writeHead(202).end()
    await server.request(({ message }) => message.method === 'n')
    expect(server.received.filter(isCall)).toHaveLength(2)
  })

  it('that is a batch goes out as one', async () => {
    const { server, send, lines, handshake } = await connect(
      mcpScript(({ response }) => {
        json(response, '[{"jsonrpc":"2.0","id":1,"result":{}},\n{"jsonrpc":"2.0","id":2,"result":{}}]')
      }),
    )
    await handshake()
    const batch = `[${call(1)},${call(2)}]`
    send(batch)
    expect(await lines.next()).toBe('[{"jsonrpc":"2.0","id":1,"result":{}},{"jsonrpc":"2.0","id":2,"result":{}}]')
    expect(server.received.at(-1)?.body).toBe(batch)
  })
})

describe('a message of the server', () => {
  it('in a JSON answer comes out byte for byte, on one line', async () => {
    const pretty = `{\r\n  "jsonrpc": "2.0",\n  "id": 1,\n  "result": {\n    ${oddMembers}\n  }\n}`
    const { send, lines, handshake } = await connect(
      mcpScript(({ response }) => {
        json(response, pretty)
      }),
    )
    await handshake()
    send(call(1))
    expect(await lines.next()).toBe(pretty.replace(/[\r\n]/g, ''))
  })

  it('in an event stream comes out as it comes in, before the stream ends', async () => {
    const { server, send, lines, handshake } = await connect(
      mcpScript(({ response }) => {
        openEvents(response)
        response.write(': hello\n\nid: 1\ndata:\n\n')
        response.write(event(`{"jsonrpc":"2.0","method":"notifications/progress",${oddMembers}}`, '2'))
      }),
    )
    await handshake()
    send(call(1))
    expect(await lines.next()).toBe(`{"jsonrpc":"2.0","method":"notifications/progress",${oddMembers}}`)
    const { response } = await server.request(isCall)
    // In two pieces, cut inside a character; and over several data lines.
    const bytes = Buffer.from(event(`{"jsonrpc":"2.0",\n"id":1,"result":"é"}`))
    const cut = bytes.indexOf(0xc3) + 1
    response.write(bytes.subarray(0, cut))
    response.end(bytes.subarray(cut))
    expect(await lines.next()).toBe('{"jsonrpc":"2.0","id":1,"result":"é"}')
  })

  it('may be a question, answered by the host while the call waits', async () => {
    const { server, send, lines, handshake } = await connect(
      mcpScript(({ response, message }) => {
        if (message.method !== 'tools/call') return response.writeHead(202).end()
        openEvents(response)
        return response.write(event('{"jsonrpc":"2.0","id":0,"method":"elicitation/create","params":{}}'))
      }),
    )
    await handshake()
    send(call(0))
    expect(await lines.next()).toContain('elicitation/create')
    send('{"jsonrpc":"2.0","id":0,"result":{"action":"accept"}}')
    await server.request(({ body }) => body.includes('accept'))
    ;(await server.request(isCall)).response.end(event('{"jsonrpc":"2.0","id":0,"result":{}}'))
    expect(await lines.next()).toBe('{"jsonrpc":"2.0","id":0,"result":{}}')
  })

  it('answers calls in the order in which the server does', async () => {
    const { server, send, lines, handshake } = await connect(mcpScript(() => undefined))
    await handshake()
    for (const id of [1, 2, 3]) send(call(id))
    for (const id of [3, 1, 2]) {
      const { response } = await server.request(({ message }) => message.id === id)
      json(response, { jsonrpc: '2.0', id, result: {} })
      expect(await lines.next()).toContain(`"id":${id}`)
    }
  })
})

describe('a cancelled call', () => {
  it('is cancelled on the server at once, gets no answer and gives its stream back', async () => {
    const { server, send, lines, handshake } = await connect(
      mcpScript(({ response, message }) => {
        if (message.method === 'notifications/cancelled') response.writeHead(202).end()
        else if (message.id === 2) json(response, { jsonrpc: '2.0', id: 2, result: {} })
        else openEvents(response)
      }),
    )
    await handshake()
    send(call(1))
    const { response } = await server.request(isCall)
    const closed = once(response, 'close')
    send('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}')
    await closed
    send(call(2))
    expect(await lines.next()).toContain('"id":2')
  })

  it('that is initialize is given up, so that the host can start over', async () => {
    let first = true
    const { server, send, lines } = await connect((received) => {
      if (!first) return mcpScript(() => undefined)(received)
      first = false
      return undefined
    })
    send(initializeLine)
    await server.request(() => true)
    send('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":0}}')
    send(initializeLine.replace('"id":0', '"id":5'))
    expect(await lines.next()).toContain('"id":5,"result"')
    expect(server.received).toHaveLength(2)
  })

  it('a second initialize ends the wait for the first', async () => {
    let first = true
    const { server, send, lines } = await connect((received) => {
      if (!first) return mcpScript(() => undefined)(received)
      first = false
      return undefined
    })
    send(initializeLine)
    await server.request(() => true)
    send(initializeLine.replace('"id":0', '"id":5'))
    expect(JSON.parse(await lines.next())).toMatchObject({ id: 0, error: { code: -32012 } })
    expect(await lines.next()).toContain('"id":5,"result"')
  })
})

describe('back-pressure', () => {
  it('slows the server of a host that does not read', async () => {
    const message = `{"jsonrpc":"2.0","method":"notifications/message","params":"${'x'.repeat(64 * 1024)}"}`
    let written = 0
    let stall!: () => void
    const stalled = new Promise<void>((resolve) => (stall = resolve))
    const { bridge, send, output } = await connect(
      ({ response }) => {
        openEvents(response)
        const write = (): void => {
          while (written < 256 * 1024 * 1024) {
            written += message.length
            if (response.write(event(message))) continue
            const timer = setTimeout(stall, 300)
            response.once('drain', () => {
              clearTimeout(timer)
              write()
            })
            return
          }
          stall()
        }
        write()
      },
      { reads: false },
    )
    send(call(1))
    await stalled
    expect(written).toBeLessThan(32 * 1024 * 1024)
    expect(output.writableLength).toBeLessThan(1024 * 1024)
    await bridge.stop()
  })
})
