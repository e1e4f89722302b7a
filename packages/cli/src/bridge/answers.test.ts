import { afterEach, describe, expect, it } from 'vitest'
import { bridgeOnPipes } from '../testing/bridge-on-pipes.fixture.js'
import {
  event,
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

async function connect(script: Script) {
  const server = await startScriptedServer(script)
  const host = bridgeOnPipes(server.url)
  closers.push(server.close, host.close)
  return { server, ...host }
}

const isCall = ({ message }: Received): boolean => message.method === 'tools/call'
const isGet = ({ method }: Received): boolean => method === 'GET'
const call = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}'
const answer = '{"jsonrpc":"2.0","id":1,"result":{"n":1.0}}'
const note = '{"jsonrpc":"2.0","method":"note"}'

/** A server with a standalone stream, whose calls the script answers. */
async function connectWithStream(script: Script) {
  const connected = await connect((received) => {
    if (!isGet(received)) return mcpScript(script)(received)
    openEvents(received.response)
    return received.response.write(':\n\n')
  })
  await connected.handshake()
  return { ...connected, stream: (await connected.server.request(isGet)).response }
}

describe('a request has one answer', () => {
  it('the first: what comes later on the standalone stream is dropped', async () => {
    const { stream, send, lines, stderr } = await connectWithStream(({ response }) => response.writeHead(202).end())
    send(call)
    expect(JSON.parse(await lines.next())).toMatchObject({ id: 1, error: { code: -32011 } })
    stream.write(event(answer))
    stream.write(event(note))
    expect(await lines.next()).toBe(note)
    expect(await stderr.containing('nobody waits for')).toContain('#1')
  })

  it('which may come on the standalone stream; the second is dropped then too', async () => {
    const { server, stream, send, lines } = await connectWithStream(({ response }) => {
      openEvents(response)
      response.write(event(note))
    })
    send(call)
    expect(await lines.next()).toBe(note)
    stream.write(event(answer))
    expect(await lines.next()).toBe(answer)
    const { response } = await server.request(isCall)
    response.end(event(answer) + event(note))
    expect(await lines.next()).toBe(note)
  })

  it.each([
    [
      'JSON',
      ({ response }: Received) => {
        json(response, '{"jsonrpc":"2.0","result":{"n":1.0},"id":"1"}')
      },
    ],
    [
      'an event',
      ({ response }: Received) => {
        openEvents(response)
        response.end(event('{"jsonrpc":"2.0","result":{"n":1.0},"id":"1"}'))
      },
    ],
  ])('also when %s bears the id as a string', async (_name, script) => {
    const { stream, send, lines } = await connectWithStream(script)
    send(call)
    expect(await lines.next()).toBe('{"jsonrpc":"2.0","id":1,"result":{"n":1.0}}')
    stream.write(event(note))
    expect(await lines.next()).toBe(note)
  })

  it('and a number where it was a string', async () => {
    const { send, lines } = await connectWithStream(({ response }) => {
      json(response, '{"jsonrpc":"2.0","error":{"code":1,"message":"no"},"id":7}')
    })
    send(call.replace('"id":1', '"id":"7"'))
    expect(await lines.next()).toBe('{"jsonrpc":"2.0","id":"7","error":{"code":1,"message":"no"}}')
  })

  it('also in a batch that holds one of them twice', async () => {
    const { send, lines, stream } = await connectWithStream(({ response }) => {
      json(response, `[${answer},${answer},{"jsonrpc":"2.0","id":"2","result":{}}]`)
    })
    send(`[${call},{"jsonrpc":"2.0","id":2,"method":"ping"}]`)
    expect(JSON.parse(await lines.next())).toEqual([
      { jsonrpc: '2.0', id: 1, result: { n: 1 } },
      { jsonrpc: '2.0', id: 2, result: {} },
    ])
    stream.write(event(note))
    expect(await lines.next()).toBe(note)
  })

  it('comes out of a batch as it was written, however deeply it is nested', async () => {
    const nested = `${'{"a":'.repeat(100_000)}12345678901234567890${'}'.repeat(100_000)}`
    const { send, lines } = await connectWithStream(({ response }) => {
      json(response, `[{"jsonrpc":"2.0","id":"nobody","result":{}}, {"jsonrpc":"2.0","id":1,"result":${nested}}]`)
    })
    send(call)
    expect((await lines.next()) === `[{"jsonrpc":"2.0","id":1,"result":${nested}}]`).toBe(true)
  })
})

describe('a second initialize', () => {
  const counting = (): Script => {
    let count = 0
    return (received) =>
      mcpScript(() => undefined, `s-${received.message.method === 'initialize' ? ++count : 0}`)(received)
  }

  it('ends the session before it, once the new one stands', async () => {
    const { server, send, lines, handshake } = await connect(counting())
    await handshake()
    send(initializeLine.replace('"id":0', '"id":5'))
    expect(await lines.next()).toContain('"id":5,"result"')
    const deleted = await server.request(({ method }) => method === 'DELETE')
    expect(deleted.headers['mcp-session-id']).toBe('s-1')
    const order = server.received.map(({ method, message }) => message.method ?? method)
    expect(order.lastIndexOf('initialize')).toBeLessThan(order.indexOf('DELETE'))
  })

  it('that is refused leaves the first to be ended with the bridge', async () => {
    const rest = counting()
    let first = true
    const { bridge, server, send, lines, handshake } = await connect((received) => {
      if (received.message.method !== 'initialize' || first) {
        if (received.message.method === 'initialize') first = false
        return rest(received)
      }
      return received.response.writeHead(500).end()
    })
    await handshake()
    send(initializeLine.replace('"id":0', '"id":5'))
    expect(await lines.next()).toContain('"id":5,"error"')
    await bridge.stop()
    const deleted = server.received.filter(({ method }) => method === 'DELETE')
    expect(deleted.map(({ headers }) => headers['mcp-session-id'])).toEqual(['s-1'])
  })
})

describe('a 401', () => {
  it('is named, with what to do, even where the server has an error of its own', async () => {
    const { send, lines, handshake } = await connect(
      mcpScript(({ response }) => {
        json(response, '{"jsonrpc":"2.0","id":null,"error":{"code":-32001,"message":"invalid token"}}', 401)
      }),
    )
    await handshake()
    send(call)
    const line = await lines.next()
    expect(JSON.parse(line)).toMatchObject({ id: 1, error: { code: -32012, data: { status: 401 } } })
    expect(line).toContain('answered 401 Unauthorized')
    expect(line).toContain('invalid token')
    expect(line).toContain('check the token in --header')
  })
})
