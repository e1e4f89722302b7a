import { afterEach, describe, expect, it } from 'vitest'
import { HostLog } from '../log/host-log.js'
import { createLog } from '../log/log.js'
import { type CliProcess, startCli } from '../testing/cli-process.fixture.js'
import {
  initializedLine,
  initializeLine,
  json,
  mcpScript,
  type Received,
  type Script,
  startScriptedServer,
} from '../testing/scripted-server.fixture.js'

let closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.reverse()) await close()
  closers = []
})

interface Line {
  readonly id?: unknown
  readonly method?: string
  readonly params?: { readonly level: string; readonly logger: string; readonly data: string }
  readonly result?: unknown
  readonly error?: { readonly code: number }
}

const setLevel = (id: number, level: unknown): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method: 'logging/setLevel', params: { level } })
const call = (id: number): string => JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: {} })
const isLog = ({ method }: Line): boolean => method === 'notifications/message'

/** A server that declares `logging`, and forgets its session at the call with the id 666. */
function loggingScript(declared: boolean, answerLevel: (received: Received) => void): Script {
  let forgotten = false
  let epoch = 1
  const other = mcpScript(({ response, message }) => {
    json(response, { jsonrpc: '2.0', id: message.id, result: {} })
  })
  return (received) => {
    const { response, message, headers } = received
    if (message.method === 'initialize') {
      if (forgotten) epoch++
      forgotten = false
      const capabilities = declared ? { logging: {} } : {}
      const result = { protocolVersion: '2025-06-18', capabilities, serverInfo: { name: 'scripted', version: '1' } }
      json(response, { jsonrpc: '2.0', id: message.id, result }, 200, { 'mcp-session-id': `s-secret-session-${epoch}` })
    } else if (message.id === 666 && headers['mcp-session-id'] === 's-secret-session-1') {
      forgotten = true
      json(response, { jsonrpc: '2.0', id: null, error: { code: -32001, message: 'Session not found' } }, 404)
    } else if (message.method === 'logging/setLevel' || Array.isArray(message)) answerLevel(received)
    else other(received)
  }
}

const accept = ({ response, message }: Received): void => {
  json(response, { jsonrpc: '2.0', id: message.id, result: {} })
}

async function connect(declared = true, answerLevel = accept) {
  const server = await startScriptedServer(loggingScript(declared, answerLevel))
  const cli = startCli([server.url.href])
  closers.push(server.close, () => cli.child.kill('SIGKILL'))
  cli.send(initializeLine)
  cli.send(initializedLine)
  return { server, cli }
}

async function linesUntilEnd(cli: CliProcess): Promise<Line[]> {
  cli.child.stdin.end()
  await cli.exited
  return cli.stdout.all.map((line) => JSON.parse(line) as Line)
}

describe('lines of the log for the host', () => {
  it('begin when it has its answer to logging/setLevel, each with its severity', async () => {
    const { cli } = await connect()
    cli.send(call(1))
    await cli.stdout.containing('"id":1')
    cli.send(setLevel(2, 'debug'))
    await cli.stdout.containing('"id":2')
    cli.send(call(3))
    await cli.stdout.containing('"id":3')
    cli.send(call(666))
    await cli.stdout.containing('recovered in')
    const lines = await linesUntilEnd(cli)
    const answers = lines.filter((line) => !isLog(line))
    expect(answers.map(({ id }) => id)).toEqual([0, 1, 2, 3, 666])
    expect(lines.findIndex(isLog)).toBeGreaterThan(lines.findIndex(({ id }) => id === 2))
    const told = lines.filter(isLog).map(({ params }) => params)
    expect(new Set(told.map((params) => params?.logger))).toEqual(new Set(['mcp-tether']))
    expect(told).toContainEqual({
      level: 'debug',
      logger: 'mcp-tether',
      data: expect.stringMatching(/^→ POST tools\/call #3 \(session [0-9a-f]{8}\)$/) as unknown,
    })
    expect(told).toContainEqual({
      level: 'info',
      logger: 'mcp-tether',
      data: expect.stringMatching(/^session lost \(404\) → recovered in \d+ ms, 1 call replayed$/) as unknown,
    })
    expect(JSON.stringify(told)).not.toContain('secret-session')
    // What the host has asked for is no reason to print more.
    expect(cli.stderr.all.join('\n')).not.toContain('→ POST')
  })

  it('are none below its level', async () => {
    const { cli } = await connect()
    cli.send(setLevel(1, 'info'))
    cli.send(call(2))
    await cli.stdout.containing('"id":2')
    cli.send(setLevel(3, 'warning'))
    await cli.stdout.containing('"id":3')
    cli.send(call(666))
    await cli.stderr.containing('recovered in')
    expect((await linesUntilEnd(cli)).map(({ id }) => id)).toEqual([0, 1, 2, 3, 666])
  })

  it('are none when the server has refused the level', async () => {
    const { cli } = await connect(true, ({ response, message }) => {
      json(response, { jsonrpc: '2.0', id: message.id, error: { code: -32602, message: 'no such level' } })
    })
    cli.send(setLevel(1, 'debug'))
    await cli.stdout.containing('"id":1')
    cli.send(call(2))
    await cli.stdout.containing('"id":2')
    expect((await linesUntilEnd(cli)).filter(isLog)).toEqual([])
  })

  it('are none when the server has not declared logging: its answer is passed on', async () => {
    const { cli, server } = await connect(false, ({ response, message }) => {
      json(response, { jsonrpc: '2.0', id: message.id, error: { code: -32601, message: 'Method not found' } })
    })
    cli.send(setLevel(1, 'debug'))
    expect(JSON.parse(await cli.stdout.containing('"id":1'))).toMatchObject({ error: { code: -32601 } })
    cli.send(call(2))
    await cli.stdout.containing('"id":2')
    const lines = await linesUntilEnd(cli)
    expect(lines.filter(isLog)).toEqual([])
    expect(lines[0]).toMatchObject({ result: { capabilities: {} } })
    expect(server.received.filter(({ message }) => message.method === 'logging/setLevel')).toHaveLength(1)
  })

  it('end with the session: a host that starts over sets its level anew', async () => {
    const { cli } = await connect()
    cli.send(setLevel(1, 'debug'))
    await cli.stdout.containing('"id":1')
    cli.send(initializeLine.replace('"id":0', '"id":10'))
    await cli.stdout.containing('"id":10')
    const before = cli.stdout.all.length
    cli.send(call(2))
    await cli.stdout.containing('"id":2')
    const lines = await linesUntilEnd(cli)
    expect(lines.slice(before).filter(isLog)).toEqual([])
  })

  it('are asked for in a batch as well', async () => {
    const { cli } = await connect(true, ({ response, message }) => {
      const [first, second] = message as unknown as { readonly id: number }[]
      json(
        response,
        [first, second].map((each) => ({ jsonrpc: '2.0', id: each?.id, result: {} })),
      )
    })
    cli.send(`[${call(1)},${setLevel(2, 'debug')}]`)
    await cli.stdout.containing('"id":2')
    cli.send(call(3))
    await cli.stdout.containing('"id":3')
    expect((await linesUntilEnd(cli)).some(isLog)).toBe(true)
  })
})

describe('a host that does not read', () => {
  it('has no more than a hundred lines waiting for it', async () => {
    const written: string[] = []
    const releases: (() => void)[] = []
    const hostLog = new HostLog()
    hostLog.connect((line) => {
      written.push(line)
      return new Promise((resolve) => releases.push(resolve))
    })
    hostLog.setLevel('info')
    const log = createLog([hostLog])
    for (let count = 0; count < 1000; count++) log.info('line')
    expect(written).toHaveLength(100)
    for (const release of releases.splice(0)) release()
    await new Promise(setImmediate)
    log.info('again')
    expect(written).toHaveLength(101)
  })

  it.each([undefined, null, 3, 'loud', 'toString', {}])('and a level that is none (%j) changes nothing', (level) => {
    const hostLog = new HostLog()
    hostLog.connect(() => Promise.resolve())
    hostLog.setLevel(level)
    expect(hostLog.shows('warn')).toBe(false)
    hostLog.setLevel('warning')
    hostLog.setLevel(level)
    expect([hostLog.shows('info'), hostLog.shows('warn')]).toEqual([false, true])
  })
})
