import { afterEach, describe, expect, it } from 'vitest'
import { bridgeOnPipes, type BridgeOnPipesOptions } from '../testing/bridge-on-pipes.fixture.js'
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

async function connect(script: Script, options?: BridgeOnPipesOptions) {
  const server = await startScriptedServer(script)
  closers.push(server.close)
  const host = bridgeOnPipes(server.url, options)
  closers.push(host.close)
  return { server, ...host }
}

const call = '{"jsonrpc":"2.0","id":12345678901234567890,"method":"tools/call","params":{}}'
const list = '{"jsonrpc":"2.0","id":"l","method":"tools/list"}'

/** What a call is answered when the server does this. */
async function answerTo(line: string, script: (received: Received) => void, options?: BridgeOnPipesOptions) {
  const { send, lines, handshake, server } = await connect(mcpScript(script), options)
  await handshake()
  send(line)
  return { line: await lines.next(), host: server.url.host }
}

const unavailable = -32012
const outcomeUnknown = -32011

describe('an HTTP error', () => {
  it('becomes an error on the very id, with the status and what the server said, secrets masked', async () => {
    const { line, host } = await answerTo(
      call,
      ({ response, headers }) => {
        const text = `no  luck\nfor ${String(headers['mcp-session-id'])} with ${String(headers.authorization)}`
        response.writeHead(503, { 'content-type': 'text/plain' }).end(text)
      },
      { headers: { authorization: 'Bearer sesame-open-you' } },
    )
    expect(line.startsWith('{"jsonrpc":"2.0","id":12345678901234567890,"error":')).toBe(true)
    expect(JSON.parse(line)).toMatchObject({
      error: { code: unavailable, data: { code: 'server_unavailable', status: 503, server: host } },
    })
    expect(line).toContain('503 Service Unavailable (text/plain): no luck for [masked] with [masked]')
    expect(line).not.toContain('secret-session')
    expect(line).not.toContain('sesame')
  })

  it('does not quote a page', async () => {
    const { line } = await answerTo(call, ({ response }) => {
      response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Oops</h1>')
    })
    expect(line).toContain('404 Not Found (text/html). Check the path')
    expect(line).not.toContain('Oops')
  })

  it('says where the server has moved', async () => {
    const { line, host } = await answerTo(call, ({ response }) =>
      response.writeHead(307, { location: '/mcp/?key=1' }).end(),
    )
    expect(line).toContain(`use http://${host}/mcp/ instead`)
  })

  it('with a JSON-RPC error of that id passes as it is', async () => {
    const error = '{"jsonrpc":"2.0","id":12345678901234567890,"error":{"code":-32000,"message":"no","data":1.0}}'
    const { line } = await answerTo(call, ({ response }) => {
      json(response, error, 400)
    })
    expect(line).toBe(error)
  })

  it.each([
    ['id null', '{"jsonrpc":"2.0","error":{"code":-32001,"message":"Session\\u0020lost","data":1.50},"id":null}'],
    ['no id', '{"jsonrpc":"2.0",\n"error":{"code":-32001,"message":"Session\\u0020lost","data":1.50}}'],
    [
      'an id of its own',
      '{"jsonrpc":"2.0","error":{"code":-32001,"message":"Session\\u0020lost","data":1.50},"id":""}',
    ],
  ])('with a JSON-RPC error and %s is put on the id of the call', async (_name, body) => {
    const { line } = await answerTo(call, ({ response }) => {
      json(response, body, 404)
    })
    expect(line).toBe(
      '{"jsonrpc":"2.0","id":12345678901234567890,"error":{"code":-32001,"message":"Session\\u0020lost","data":1.50}}',
    )
  })

  it('answers every request of a batch', async () => {
    const { send, lines, handshake } = await connect(mcpScript(({ response }) => response.writeHead(500).end()))
    await handshake()
    send(`[${list},{"jsonrpc":"2.0","method":"n"},{"jsonrpc":"2.0","id":2,"method":"ping"}]`)
    const answers = [await lines.next(), await lines.next()].map((line) => JSON.parse(line) as { id: unknown })
    expect(answers.map(({ id }) => id)).toEqual(['l', 2])
  })
})

describe('no answer', () => {
  it('from a server that is not there: not sent', async () => {
    const server = await startScriptedServer(() => undefined)
    await server.close()
    const { send, lines, stderr, close } = bridgeOnPipes(server.url)
    closers.push(close)
    send(initializeLine)
    const { host } = server.url
    expect(JSON.parse(await lines.next())).toMatchObject({
      id: 0,
      error: { code: unavailable, data: { code: 'server_unavailable', cause: 'ECONNREFUSED', server: host } },
    })
    expect(await stderr.containing('no MCP endpoint')).toContain('connection refused (ECONNREFUSED). Check the address')
    send(call)
    expect(await lines.next()).toContain('tools/call was not sent. It is safe to try again later.')
  })

  it('after a call was sent: its outcome is unknown', async () => {
    const { line } = await answerTo(call, ({ request }) => request.socket.resetAndDestroy())
    expect(JSON.parse(line)).toMatchObject({ error: { code: outcomeUnknown, data: { cause: 'ECONNRESET' } } })
    expect(line).toContain('tools/call may or may not have been executed. Verify with a read before calling it again.')
  })

  it('after a list was asked for: the server is not available', async () => {
    const { line } = await answerTo(list, ({ request }) => request.socket.resetAndDestroy())
    expect(JSON.parse(line)).toMatchObject({ id: 'l', error: { code: unavailable, data: { cause: 'ECONNRESET' } } })
  })

  it.each<[string, (received: Received) => void]>([
    [
      'a stream that ends without it',
      ({ response }) => {
        openEvents(response)
        response.end(event('{"jsonrpc":"2.0","method":"n"}'))
      },
    ],
    [
      'a stream that breaks off',
      ({ response, request }) => {
        openEvents(response)
        response.write(event('{"jsonrpc":"2.0","method":"n"}'), () => request.socket.resetAndDestroy())
      },
    ],
    [
      'JSON that breaks off',
      ({ response, request }) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.write('{"jsonrpc"', () => request.socket.resetAndDestroy())
      },
    ],
    ['202', ({ response }) => response.writeHead(202).end()],
    ['204', ({ response }) => response.writeHead(204).end()],
    [
      'the answer to something else',
      ({ response }) => {
        json(response, { jsonrpc: '2.0', id: 'other', result: {} })
      },
    ],
  ])('but %s: the outcome is unknown', async (_name, script) => {
    const { send, lines, handshake } = await connect(mcpScript(script))
    await handshake()
    send(call)
    const line = await lines.containing('12345678901234567890')
    expect(JSON.parse(line)).toMatchObject({ error: { code: outcomeUnknown, data: { code: 'outcome_unknown' } } })
  })

  it('but an event that is no message: dropped, and never on stdout', async () => {
    const { send, lines, stderr, handshake } = await connect(
      mcpScript(({ response }) => {
        openEvents(response)
        response.end(
          `${event('{"half":')}${event('{"error":"Session not found"}')}event: ping\ndata: {"jsonrpc":"2.0"}\n\n`,
        )
      }),
    )
    await handshake()
    send(call)
    expect(await lines.next()).toContain('may or may not have been executed')
    await stderr.containing('it was dropped')
    expect(lines.all).toHaveLength(2)
  })

  it('but a page with status 200: no MCP', async () => {
    const { line } = await answerTo(call, ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Sign in</p>')
    })
    expect(JSON.parse(line)).toMatchObject({ error: { code: unavailable, data: { status: 200 } } })
  })

  it('but an error for nobody in particular with status 200: put on the id of the call', async () => {
    const { line } = await answerTo(call, ({ response }) => {
      json(response, '{"jsonrpc":"2.0","error":{"code":-32005,"message":"gone"},"id":null}')
    })
    expect(line).toBe('{"jsonrpc":"2.0","id":12345678901234567890,"error":{"code":-32005,"message":"gone"}}')
  })
})

describe('a server that speaks no MCP', () => {
  it('is named on stderr with what it answered and what to do', async () => {
    const { send, lines, stderr, server } = await connect(({ response }) => {
      response.writeHead(404, { 'content-type': 'text/html; charset=utf-8' }).end('<h1>no</h1>')
    })
    send(initializeLine)
    expect(JSON.parse(await lines.next())).toMatchObject({ id: 0, error: { code: unavailable } })
    expect(await stderr.containing('no MCP endpoint')).toContain(
      `no MCP endpoint at ${server.url.href}: POST initialize was answered 404 Not Found (text/html). ` +
        'Check the path; most servers use /mcp.',
    )
  })
})

it('a server that refuses initialize in MCP is quoted on stderr, and its error goes to the host', async () => {
  const error = '{"jsonrpc":"2.0","id":0,"error":{"code":-32602,"message":"Unsupported protocol version"}}'
  const { send, lines, stderr } = await connect(({ response }) => {
    json(response, error)
  })
  send(initializeLine)
  expect(await lines.next()).toBe(error)
  await stderr.containing('refused initialize: Unsupported protocol version')
})

describe('a line of the host', () => {
  it.each([
    ['no JSON', '{"half":', -32700],
    ['no JSON-RPC', '{"id":null}', -32600],
    ['no object', '7', -32600],
    ['an empty batch', '[]', -32600],
  ])('that is %s is answered, and the bridge lives on', async (_name, line, code) => {
    const { send, lines, handshake, server } = await connect(mcpScript(() => undefined))
    send(line)
    expect(JSON.parse(await lines.next())).toMatchObject({ jsonrpc: '2.0', id: null, error: { code } })
    expect(server.received).toHaveLength(0)
    await handshake()
  })

  it('that is no UTF-8 is answered', async () => {
    const { input, lines } = await connect(() => undefined)
    input.write(Buffer.from([0x22, 0xff, 0x22, 0x0a]))
    expect(JSON.parse(await lines.next())).toMatchObject({ id: null, error: { code: -32700 } })
  })
})
