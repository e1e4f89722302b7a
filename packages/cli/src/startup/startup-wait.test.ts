import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { type BridgeOnPipes, bridgeOnPipes, type BridgeOnPipesOptions } from '../testing/bridge-on-pipes.fixture.js'
import { freePort, startEverythingServer } from '../testing/everything-server.fixture.js'
import {
  initializeLine,
  json,
  mcpScript,
  type Script,
  startScriptedServer,
} from '../testing/scripted-server.fixture.js'

let closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.reverse()) await close()
  closers = []
})

function open(url: URL, options: BridgeOnPipesOptions = {}): BridgeOnPipes {
  const pipes = bridgeOnPipes(url, { startupTimeout: 30_000, ...options })
  closers.push(pipes.close)
  return pipes
}

async function serve(script: Script) {
  const server = await startScriptedServer(script)
  closers.push(server.close)
  return server
}

async function nowhere(): Promise<URL> {
  return new URL(`http://127.0.0.1:${await freePort()}/mcp`)
}

/** Answers the first `initialize`s with these, and from then on as a server does. */
function after(...refusals: Script[]): Script {
  const ordinary = mcpScript(() => undefined)
  const left = [...refusals]
  return (received) => {
    const refuse = received.message.method === 'initialize' ? left.shift() : undefined
    return (refuse ?? ordinary)(received)
  }
}

const answer = async ({ lines }: BridgeOnPipes): Promise<Record<string, unknown>> =>
  JSON.parse(await lines.next()) as Record<string, unknown>

const ready = { id: 0, result: { serverInfo: { name: 'scripted' } } }

describe('a server that is not there yet', () => {
  it('is waited for: the reference server, started late', async () => {
    const port = await freePort()
    const pipes = open(new URL(`http://127.0.0.1:${port}/mcp`))
    pipes.send(initializeLine)
    expect(await pipes.stderr.containing('waiting for')).toContain(
      `waiting for http://127.0.0.1:${port}/mcp: connection refused (ECONNREFUSED); for up to 30 s`,
    )
    const server = await startEverythingServer(port)
    closers.push(server.kill)
    expect(await answer(pipes)).toMatchObject({ id: 0, result: { protocolVersion: '2025-11-25' } })
    expect(await pipes.stderr.containing('is there after')).toMatch(/is there after [\d.]+ s$/)
    await pipes.stderr.containing('connected to')
  })

  it.each([502, 503, 504, 429, 521])('is waited for: %i', async (status) => {
    const { url, received } = await serve(after(({ response }) => response.writeHead(status).end('<html>')))
    const pipes = open(url)
    pipes.send(initializeLine)
    expect(await answer(pipes)).toMatchObject(ready)
    expect(received).toHaveLength(2)
    expect(await pipes.stderr.containing('waiting for')).toContain(`it answered ${status}`)
  })

  it('is waited for: the 404 page of a router, a reset, a connection closed without an answer', async () => {
    const { url } = await serve(
      after(
        ({ response }) => response.writeHead(404, { 'content-type': 'text/html' }).end('<html>Not here</html>'),
        ({ request }) => request.socket.resetAndDestroy(),
        ({ request }) => request.socket.destroy(),
      ),
    )
    const pipes = open(url)
    pipes.send(initializeLine)
    expect(await answer(pipes)).toMatchObject(ready)
  })

  it('is asked again when it said, and not before', async () => {
    const times: number[] = []
    const { url } = await serve(
      after(({ response }) => {
        times.push(performance.now())
        response.writeHead(503, { 'retry-after': '1' }).end()
      }),
    )
    const pipes = open(url)
    pipes.send(initializeLine)
    expect(await answer(pipes)).toMatchObject(ready)
    // Timers may be early by a millisecond.
    expect(performance.now() - (times[0] ?? 0)).toBeGreaterThanOrEqual(998)
  })

  it('that asks for more time than there is: the host hears it at once', async () => {
    const { url, received } = await serve(({ response }) => response.writeHead(503, { 'retry-after': '120' }).end())
    const pipes = open(url)
    pipes.send(initializeLine)
    expect(await answer(pipes)).toMatchObject({
      id: 0,
      error: {
        code: -32012,
        message: expect.stringContaining('answers 503 Service Unavailable, and asks to come back in 120 s') as string,
        data: { code: 'server_unavailable', status: 503, attempts: 1, server: url.host },
      },
    })
    expect(received).toHaveLength(1)
  })

  it('for as long as the budget lasts; then the host hears it, and can ask again', async () => {
    const port = await freePort()
    const pipes = open(new URL(`http://127.0.0.1:${port}/mcp`), { startupTimeout: 3_000 })
    pipes.send(initializeLine)
    expect(await answer(pipes)).toMatchObject({
      id: 0,
      error: {
        code: -32012,
        message: expect.stringMatching(
          /can't be reached: connection refused \(ECONNREFUSED\)\. It was waited for/,
        ) as string,
        data: { code: 'server_unavailable', cause: 'ECONNREFUSED' },
      },
    })
    expect((await pipes.stderr.containing('no MCP endpoint')).replace(/[\d.]+ s long \(\d+/, 'N s long (N')).toContain(
      `no MCP endpoint at http://127.0.0.1:${port}/mcp: it can't be reached: connection refused (ECONNREFUSED). ` +
        'It was waited for, N s long (N tries). Check the address, and that the server is running.',
    )
    const server = await startEverythingServer(port)
    closers.push(server.kill)
    pipes.send(initializeLine.replace('"id":0', '"id":1'))
    expect(await answer(pipes)).toMatchObject({ id: 1, result: { protocolVersion: '2025-11-25' } })
  })

  it('whose name is not known is waited for as well', async () => {
    const pipes = open(new URL('https://nobody-has-this-name.invalid/mcp'), { startupTimeout: 500 })
    pipes.send(initializeLine)
    const { error } = (await answer(pipes)) as { error: { data: { cause: string; attempts: number } } }
    expect(['ENOTFOUND', 'EAI_AGAIN']).toContain(error.data.cause)
    await pipes.stderr.containing('waiting for')
  })

  it('that takes the request and never answers is given up when the budget ends', async () => {
    const { url } = await serve(() => undefined)
    const pipes = open(url, { startupTimeout: 300 })
    pipes.send(initializeLine)
    expect(await answer(pipes)).toMatchObject({
      error: { code: -32012, message: expect.stringContaining('has not answered initialize') as string },
    })
  })
})

describe('no reason to wait', () => {
  it.each<[string, Script]>([
    ['400', ({ response }) => response.writeHead(400).end()],
    ['401', ({ response }) => response.writeHead(401).end()],
    ['403', ({ response }) => response.writeHead(403).end()],
    ['500', ({ response }) => response.writeHead(500).end()],
    ['404 of an application', ({ response }) => response.writeHead(404).end('<pre>Cannot POST /mcp</pre>')],
    [
      'a JSON-RPC error',
      ({ response, message }) => {
        json(response, { jsonrpc: '2.0', id: message.id, error: { code: -32602, message: 'Unsupported' } }, 503)
      },
    ],
  ])('%s', async (_name, script) => {
    const { url, received } = await serve(script)
    const pipes = open(url)
    pipes.send(initializeLine)
    expect(await answer(pipes)).toHaveProperty('error')
    expect(received).toHaveLength(1)
    expect(pipes.stderr.all.join()).not.toContain('waiting for')
  })

  it('a budget of nothing', async () => {
    const pipes = open(await nowhere(), { startupTimeout: 0 })
    pipes.send(initializeLine)
    expect(await answer(pipes)).toMatchObject({ error: { data: { cause: 'ECONNREFUSED' } } })
  })
})

describe('while it waits', () => {
  it('a ping is answered, and what follows waits for its turn', async () => {
    const port = await freePort()
    const pipes = open(new URL(`http://127.0.0.1:${port}/mcp`))
    pipes.send(initializeLine)
    await pipes.stderr.containing('waiting for')
    pipes.send('{"jsonrpc":"2.0","id":"p","method":"ping"}')
    expect(await pipes.lines.next()).toBe('{"jsonrpc":"2.0","id":"p","result":{}}')
    const server = await startEverythingServer(port)
    closers.push(server.kill)
    expect(await answer(pipes)).toMatchObject({ id: 0, result: {} })
  })

  it('the host may take it back: no answer, no further try', async () => {
    const url = await nowhere()
    const pipes = open(url)
    pipes.send(initializeLine)
    await pipes.stderr.containing('waiting for')
    pipes.send('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":0}}')
    pipes.send('{"jsonrpc":"2.0","id":5,"method":"tools/list"}')
    expect(await answer(pipes)).toMatchObject({ id: 5, error: { code: -32012 } })
    const bodies: string[] = []
    const late: Server = createServer((request, response) => {
      request.setEncoding('utf8').on('data', (body: string) => bodies.push(body))
      request.on('end', () => response.writeHead(400).end())
    })
    late.listen(Number(url.port), '127.0.0.1')
    await once(late, 'listening')
    closers.push(() => late.close())
    pipes.send('{"jsonrpc":"2.0","id":6,"method":"tools/list"}')
    expect(await answer(pipes)).toMatchObject({ id: 6, error: { data: { status: 400 } } })
    expect(bodies).toEqual(['{"jsonrpc":"2.0","id":6,"method":"tools/list"}'])
  })

  it('a second initialize takes the place of the first', async () => {
    const port = await freePort()
    const pipes = open(new URL(`http://127.0.0.1:${port}/mcp`))
    pipes.send(initializeLine)
    await pipes.stderr.containing('waiting for')
    pipes.send(initializeLine.replace('"id":0', '"id":1'))
    expect(await answer(pipes)).toMatchObject({
      id: 0,
      error: { message: expect.stringContaining('Another') as string },
    })
    const server = await startEverythingServer(port)
    closers.push(server.kill)
    expect(await answer(pipes)).toMatchObject({ id: 1, result: {} })
  })

  it('the end comes at once', async () => {
    const pipes = open(await nowhere())
    pipes.send(initializeLine)
    await pipes.stderr.containing('waiting for')
    const begin = performance.now()
    await pipes.close()
    expect(performance.now() - begin).toBeLessThan(1_000)
    expect(await answer(pipes)).toMatchObject({ id: 0, error: { code: -32012 } })
  })
})
