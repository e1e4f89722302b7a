import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { bridgeOnPipes } from '../../testing/bridge-on-pipes.fixture.js'
import {
  event,
  json,
  mcpScript,
  openEvents,
  type Received,
  type Script,
  startScriptedServer,
} from '../../testing/scripted-server.fixture.js'

let closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.reverse()) await close()
  closers = []
})

const isGet = ({ method }: Received): boolean => method === 'GET'
const call = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}'
const note = '{"jsonrpc":"2.0","method":"note"}'
const mebibyte = 1024 * 1024
const text = 'xé"\\\n'.repeat(mebibyte / 4)
const result = JSON.stringify({ content: [{ type: 'text', text }], n: 1 })

/** A server with a standalone stream, whose calls the script answers. */
async function connect(script: Script) {
  const server = await startScriptedServer((received) => {
    if (!isGet(received)) return mcpScript(script)(received)
    openEvents(received.response)
    return received.response.write(':\n\n')
  })
  const host = bridgeOnPipes(server.url)
  closers.push(server.close, host.close)
  await host.handshake()
  return { ...host, stream: (await server.request(isGet)).response }
}

/** The line that answers the call, after which the bridge goes on as before. */
async function answered(script: Script, request = call): Promise<string> {
  const { send, lines, stream } = await connect(script)
  send(request)
  const line = await lines.next()
  stream.write(event(note))
  expect(await lines.next()).toBe(note)
  return line
}

/** With its length, without, and on a connection that ends with it. */
const framings: [string, (received: Received, body: string) => void][] = [
  [
    'chunks',
    ({ response }, body) => {
      json(response, body)
    },
  ],
  [
    'a length',
    ({ response }, body) => {
      json(response, body, 200, { 'content-length': `${Buffer.byteLength(body)}` })
    },
  ],
  [
    'a connection that ends with it',
    ({ request }, body) => {
      request.socket.end(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n${body}`)
    },
  ],
]

describe.each(framings)('a large answer in %s', (_name, reply) => {
  it('passes as it was written, on one line', async () => {
    const pretty = `{\r\n  "result": ${result},\n  "id": 1, "jsonrpc":\t"2.0"\n}\n`
    const line = await answered((received) => {
      reply(received, pretty)
    })
    expect(line === pretty.replaceAll(/[\r\n]/g, ' ')).toBe(true)
  })

  it('is put on the id as the host wrote it', async () => {
    const line = await answered((received) => {
      reply(received, `{"jsonrpc":"2.0","id":"1","result":${result}}`)
    })
    expect(line === `{"jsonrpc":"2.0","id":1,"result":${result}}`).toBe(true)
  })

  it('that ends too early is of unknown outcome, and the host sees nothing of it', async () => {
    const line = await answered((received) => {
      reply(received, `{"jsonrpc":"2.0","id":1,"result":${result}`)
    })
    expect(JSON.parse(line)).toMatchObject({ id: 1, error: { code: -32011 } })
    expect(line).toContain('ended before it was whole')
  })
})

describe('a large answer', () => {
  it('that breaks off is of unknown outcome', async () => {
    const line = await answered(({ response, request }) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '9000000' })
      response.write(`{"jsonrpc":"2.0","id":1,"result":${result}`, () => request.socket.destroy())
    })
    expect(JSON.parse(line)).toMatchObject({ id: 1, error: { code: -32011 } })
  })

  it('that nobody waits for is dropped, and the call answered', async () => {
    const line = await answered(({ response }) => {
      json(response, `{"jsonrpc":"2.0","id":99,"result":${result}}`)
    })
    expect(JSON.parse(line)).toMatchObject({ id: 1, error: { code: -32011 } })
    expect(line).toContain('sent another answer')
  })

  it('that is an error for nobody goes to the caller', async () => {
    const line = await answered(({ response }) => {
      json(response, `{"jsonrpc":"2.0","id":null,"error":{"code":-1,"message":${JSON.stringify(text)}}}`)
    })
    expect(JSON.parse(line)).toEqual({ jsonrpc: '2.0', id: 1, error: { code: -1, message: text } })
  })

  it('that is a message passes, and the call is answered besides', async () => {
    const { send, lines } = await connect(({ response }) => {
      json(response, `{"jsonrpc":"2.0","method":"note","params":${result}}`)
    })
    send(call)
    expect((await lines.next()).startsWith('{"jsonrpc":"2.0","method":"note"')).toBe(true)
    expect(JSON.parse(await lines.next())).toMatchObject({ id: 1, error: { code: -32011 } })
  })

  it('in a batch is taken out of it', async () => {
    const line = await answered(({ response }) => {
      json(response, `[{"jsonrpc":"2.0","id":"nobody","result":{}},{"jsonrpc":"2.0","id":1,"result":${result}}]`)
    })
    expect(line === `[{"jsonrpc":"2.0","id":1,"result":${result}}]`).toBe(true)
  })

  it('in a batch that is too large to be held is refused in words', async () => {
    const line = await answered(({ response }) => {
      json(response, `[{"jsonrpc":"2.0","id":1,"result":"${'x'.repeat(17 * mebibyte)}"}]`)
    })
    expect(JSON.parse(line)).toMatchObject({ id: 1, error: { code: -32011, data: { code: 'outcome_unknown' } } })
    expect(line).toContain('could not be passed on: it is a batch of 17 MiB')
  })

  it.each([
    ['no JSON', `<html>${text}`, '<html>'],
    ['no JSON from somewhere on', `{"jsonrpc":"2.0","id":1,"result":${result}}}`, 'jsonrpc'],
    ['no JSON-RPC', `{"id":1,"result":${result}}`, 'result'],
    ['no object', JSON.stringify(text), 'xé'],
  ])('that is %s is quoted', async (_name, body, quoted) => {
    const line = await answered(({ response }) => {
      json(response, body)
    })
    expect(JSON.parse(line)).toMatchObject({ id: 1, error: { code: -32012, data: { status: 200 } } })
    expect(line).toContain(quoted)
    expect(line.length).toBeLessThan(2_000)
  })

  it('that is compressed is read like any other', async () => {
    const whole = `{"jsonrpc":"2.0","id":1,"result":${result}}`
    const line = await answered(({ response }) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(gzipSync(whole))
    })
    expect(line === whole).toBe(true)
  })
})

it('ten large answers at once are ten lines', async () => {
  const { send, lines } = await connect(({ response, message: { id } }) => {
    json(response, `{"jsonrpc":"2.0","id":${String(id)},"result":${result}}`)
  })
  const ids = Array.from({ length: 10 }, (_, index) => index + 1)
  for (const id of ids) send(call.replace('"id":1', `"id":${id}`))
  const answers = []
  for (const id of ids) answers[id] = JSON.parse(await lines.next()) as { id: number; result: unknown }
  expect(answers.flatMap((answer) => answer.id).sort((a, b) => a - b)).toEqual(ids)
  expect(answers.flatMap((answer) => answer.result).every((each) => JSON.stringify(each) === result)).toBe(true)
})

it('an initialize may be answered at length, too', async () => {
  const server = await startScriptedServer((received) => {
    const { message, response } = received
    if (message.method !== 'initialize') return mcpScript(() => undefined)(received)
    const own = {
      protocolVersion: '2025-06-18',
      capabilities: {},
      serverInfo: { name: 's', version: '1' },
      instructions: text,
    }
    json(response, { jsonrpc: '2.0', id: 0, result: own }, 200, { 'mcp-session-id': 's-1' })
    return undefined
  })
  const host = bridgeOnPipes(server.url)
  closers.push(server.close, host.close)
  await host.handshake()
  const { headers } = await server.request(({ message }) => message.method === 'notifications/initialized')
  expect(headers).toMatchObject({ 'mcp-session-id': 's-1', 'mcp-protocol-version': '2025-06-18' })
})
