import { PassThrough } from 'node:stream'
import * as fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { bridgeOnPipes } from '../testing/bridge-on-pipes.fixture.js'
import { startCli } from '../testing/cli-process.fixture.js'
import {
  initializedLine,
  initializeLine,
  json,
  mcpScript,
  type Received,
  type Script,
  startScriptedServer,
} from '../testing/scripted-server.fixture.js'
import { HostInput } from './host-input.js'

let closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.reverse()) await close()
  closers = []
})

async function serve(script: Script) {
  const server = await startScriptedServer(script)
  closers.push(server.close)
  return server
}

/** Answers each request with its own id. */
const answering = mcpScript(({ response, body, message }: Received) => {
  if (message.id === undefined) response.writeHead(202).end()
  else json(response, `{"jsonrpc":"2.0","id":${/"id":("[^"]*"|\d+)/.exec(body)?.[1] ?? 'null'},"result":{}}`)
})

const call = (id: number | string): string => JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: {} })
const deep = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)

const parseError = (reason: string): object => ({
  jsonrpc: '2.0',
  id: null,
  error: { code: -32700, message: `Parse error: the line is ${reason}` },
})
const invalidRequest = (id: unknown): object => ({
  jsonrpc: '2.0',
  id,
  error: { code: -32600, message: expect.stringContaining('Invalid Request') as unknown },
})

describe('garbage of the host gets an error of JSON-RPC, nothing goes to the server, and the bridge lives on', () => {
  it.each<[string, string | Buffer, object]>([
    ['no JSON', 'hello', parseError('no valid JSON')],
    ['half a message', '{"jsonrpc":"2.0","id":1,"meth', parseError('no valid JSON')],
    ['two messages on one line', call(1) + call(2), parseError('no valid JSON')],
    ['a terminal sequence', '\u001b[31m{}', parseError('no valid JSON')],
    ['NUL', '\0', parseError('no valid JSON')],
    ['NUL in a text', '{"jsonrpc":"2.0","id":1,"method":"\0"}', parseError('no valid JSON')],
    ['a number that is none', '{"jsonrpc":"2.0","id":NaN,"method":"ping"}', parseError('no valid JSON')],
    ['Latin-1', Buffer.from('{"jsonrpc":"2.0","id":1,"method":"p\xefng"}', 'latin1'), parseError('no valid UTF-8')],
    ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), parseError('no valid UTF-8')],
    ['UTF-16', Buffer.from(call(1), 'utf16le'), parseError('no valid JSON')],
    ['half a deep list', '['.repeat(1_000_000), parseError('no valid JSON')],
    ['a deep list', deep(1_000_000), invalidRequest(null)],
    ['an empty batch', '[]', invalidRequest(null)],
    ['a batch of nothing good', '[1,"two",null,[]]', invalidRequest(null)],
    ['a number', '7', invalidRequest(null)],
    ['null', 'null', invalidRequest(null)],
    ['a text', '"ping"', invalidRequest(null)],
    ['an empty object', '{}', invalidRequest(null)],
    ['an id that is null', '{"jsonrpc":"2.0","id":null,"method":"ping"}', invalidRequest(null)],
    ['an id that is an object', '{"jsonrpc":"2.0","id":{},"method":"ping"}', invalidRequest(null)],
    ['a method that is a number', '{"jsonrpc":"2.0","id":5,"method":7}', invalidRequest(5)],
    ['an id and nothing else', '{"jsonrpc":"2.0","id":"a"}', invalidRequest('a')],
  ])('%s', async (_name, garbage, expected) => {
    const server = await serve(answering)
    const { input, lines, send, handshake, close } = bridgeOnPipes(server.url)
    closers.push(close)
    await handshake()
    input.write(garbage)
    send('')
    expect(JSON.parse(await lines.next())).toEqual(expected)
    send(call(99))
    expect(JSON.parse(await lines.next())).toEqual({ jsonrpc: '2.0', id: 99, result: {} })
    expect(lines.all).toHaveLength(3)
    const posted = server.received.map(({ message }) => message.method).filter((method) => method !== undefined)
    expect(posted).toEqual(['initialize', 'notifications/initialized', 'tools/call'])
  })

  it('also before initialize, and when it comes in pieces', async () => {
    const server = await serve(answering)
    const cli = startCli([server.url.href])
    closers.push(() => cli.child.kill('SIGKILL'))
    cli.child.stdin.write(Buffer.from([0x7b, 0xff]))
    await new Promise((resolve) => cli.child.stdin.write(Buffer.from([0xfe, 0x7d]), resolve))
    cli.send('\r\n\r\n   \n')
    expect(JSON.parse(await cli.stdout.next())).toEqual(parseError('no valid UTF-8'))
    for (const line of [initializeLine, initializedLine, call(1)]) cli.send(`${line}\r`)
    expect(JSON.parse(await cli.stdout.next())).toMatchObject({ id: 0, result: {} })
    expect(JSON.parse(await cli.stdout.next())).toMatchObject({ id: 1, result: {} })
    // The last line is cut off by the end.
    cli.child.stdin.end('{"jsonrpc":"2.0","id":2,')
    expect((await cli.exited).code).toBe(0)
    expect(cli.stdout.all.slice(3).map((line) => JSON.parse(line) as unknown)).toEqual([parseError('no valid JSON')])
    expect(cli.stderr.all).toEqual([expect.stringMatching(/^mcp-tether: connected to /)])
  })

  it('whatever bytes it is made of', { timeout: 60_000 }, async () => {
    const server = await serve(answering)
    const { input, lines, send, handshake, close } = bridgeOnPipes(server.url)
    closers.push(close)
    await handshake()
    let id = 100
    const bytes = fc.uint8Array({ maxLength: 200 }).map((line) => Buffer.from(line.filter((byte) => byte !== 0x0a)))
    const nearly = fc.tuple(fc.nat(60), fc.nat(255)).map(([at, byte]) => {
      const line = Buffer.from(call(7))
      line[at] = byte === 0x0a ? 0 : byte
      return line
    })
    await fc.assert(
      fc.asyncProperty(fc.oneof(bytes, nearly), async (garbage) => {
        input.write(Buffer.concat([garbage, Buffer.from('\n')]))
        send(call(++id))
        await lines.containing(`"id":${id},"result"`)
      }),
      { numRuns: 300 },
    )
    for (const line of lines.all) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' })
  })
})

describe('what is only unusual goes through', () => {
  it.each([
    [
      'a lone surrogate, escaped',
      String.raw`{"jsonrpc":"2.0","id":"\ud800","method":"tools/call","params":{"a":"\udfff"}}`,
    ],
    ['NUL, escaped', String.raw`{"jsonrpc":"2.0","id":"\u0000","method":"tools/call","params":{"a":"\u0000"}}`],
    ['deep arguments', `{"jsonrpc":"2.0","id":"deep","method":"tools/call","params":${deep(100_000)}}`],
    ['a byte order mark', `\ufeff${call('bom')}`],
  ])('%s', async (_name, line) => {
    const server = await serve(answering)
    const { lines, send, handshake, close } = bridgeOnPipes(server.url)
    closers.push(close)
    await handshake()
    send(line)
    const { id } = JSON.parse(line.replace('\ufeff', '')) as { id: string }
    expect(JSON.parse(await lines.next())).toEqual({ jsonrpc: '2.0', id, result: {} })
    const { body } = await server.request(({ message }) => message.method === 'tools/call')
    expect(body).toBe(line.replace('\ufeff', ''))
  })
})

it('a line that is too long is dropped while it comes, and the next one is read', async () => {
  const input = new PassThrough()
  const lines: string[] = []
  const ended = new Promise<void>((resolve) => {
    new HostInput(input, { onLine: (line) => lines.push(line.toString()), onEnd: resolve }, 1000)
  })
  for (let count = 0; count < 100; count++) input.write('x'.repeat(100))
  input.end(`\n${call(1)}\n`)
  await ended
  expect(lines).toEqual(['too-long', call(1)])
})
