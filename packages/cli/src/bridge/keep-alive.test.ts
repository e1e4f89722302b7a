import { afterEach, describe, expect, it } from 'vitest'
import { bridgeOnPipes } from '../testing/bridge-on-pipes.fixture.js'
import { startCli } from '../testing/cli-process.fixture.js'
import { freePort, startEverythingServer } from '../testing/everything-server.fixture.js'
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

let closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.reverse()) await close()
  closers = []
})

const isPing = ({ message }: Received): boolean => message.method === 'ping'
const call = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}'

const answer: Script = ({ response, message }) => {
  json(response, { jsonrpc: '2.0', id: message.id, result: {} })
}

async function connected(script: Script, keepAlive: number | undefined) {
  const server = await startScriptedServer(mcpScript(script))
  const bridge = bridgeOnPipes(server.url, keepAlive === undefined ? {} : { keepAlive })
  closers.push(server.close, bridge.close)
  await bridge.handshake()
  const pings = () => server.received.filter(isPing)
  return { server, bridge, pings }
}

describe('a session that is idle', () => {
  it('is pinged again and again, on ids of their own, and the host hears nothing of it', async () => {
    const { bridge, pings } = await connected(answer, 50)
    await expect.poll(() => pings().length, { timeout: 10_000 }).toBeGreaterThan(2)
    const ids = pings().map(({ message }) => message.id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { headers, message } of pings()) {
      expect(headers).toMatchObject({ 'mcp-session-id': 's-secret-session-1', 'mcp-protocol-version': '2025-06-18' })
      expect(message.id).toMatch(/^mcp-tether-ping-[0-9a-f-]{36}-\d+$/)
    }
    bridge.send(call)
    expect(JSON.parse(await bridge.lines.next())).toMatchObject({ id: 1, result: {} })
    expect(bridge.lines.all).toHaveLength(2)
  })

  it('is left alone without the option', async () => {
    const { pings } = await connected(answer, undefined)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(pings()).toHaveLength(0)
  })

  it('tells the host what the server says beside the answer, and no error', async () => {
    const { bridge, pings } = await connected(({ response, message }) => {
      openEvents(response)
      response.write(event('{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}'))
      const error = { code: -32601, message: 'Method not found' }
      response.end(event(JSON.stringify({ jsonrpc: '2.0', id: message.id, error })))
    }, 50)
    expect(await bridge.lines.next()).toContain('notifications/tools/list_changed')
    await expect.poll(() => pings().length, { timeout: 10_000 }).toBeGreaterThan(1)
    for (const line of bridge.lines.all.slice(1)) expect(line).toContain('notifications/tools/list_changed')
  })

  it.each<[string, Script]>([
    ['an HTTP error', ({ response }) => response.writeHead(500).end('no')],
    ['nothing', ({ response }) => response.writeHead(200).end()],
    ['a broken connection', ({ request }) => request.socket.destroy()],
    [
      'an answer on another id',
      ({ response }) => {
        json(response, { jsonrpc: '2.0', id: null, error: { code: 1, message: 'x' } })
      },
    ],
  ])('whose ping is answered with %s goes on, and the host hears nothing of it', async (_, script) => {
    const { bridge, pings } = await connected(script, 50)
    await expect.poll(() => pings().length, { timeout: 10_000 }).toBeGreaterThan(1)
    await bridge.close()
    expect(bridge.lines.all).toHaveLength(1)
  })
})

describe('a ping', () => {
  it('waits for calls to end', async () => {
    const { bridge, server, pings } = await connected((received) => {
      if (isPing(received)) return answer(received)
      return undefined
    }, 100)
    bridge.send(call)
    const { response } = await server.request(({ message }) => message.method === 'tools/call')
    const before = pings().length
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(pings()).toHaveLength(before)
    json(response, { jsonrpc: '2.0', id: 1, result: {} })
    await expect.poll(() => pings().length, { timeout: 10_000 }).toBeGreaterThan(before)
  })

  it('comes no more when the bridge has stopped', async () => {
    const { bridge, server, pings } = await connected(answer, 50)
    await server.request(isPing)
    await bridge.close()
    const before = pings().length
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(pings()).toHaveLength(before)
  })
})

it('a ping that meets a loss heals the session before the host needs it', { timeout: 60_000 }, async () => {
  const port = await freePort()
  const first = await startEverythingServer(port)
  const cli = startCli([first.url, '--keep-alive', '0.5'])
  closers.push(() => cli.child.kill('SIGKILL'), first.kill)
  cli.send(initializeLine)
  await cli.stdout.next()
  cli.send(initializedLine)
  await cli.stderr.containing('connected')
  await first.kill()
  const second = await startEverythingServer(port)
  closers.push(second.kill)
  expect(await cli.stderr.containing('recovered')).toContain('session lost')
  cli.send('{"jsonrpc":"2.0","id":1,"method":"tools/list"}')
  expect(await cli.stdout.containing('"id":1')).toContain('echo')
  for (const line of cli.stdout.all) expect(line).not.toContain('mcp-tether-ping')
})
