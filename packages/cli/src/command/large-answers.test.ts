import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { binary, type CliProcess, startCli } from '../testing/cli-process.fixture.js'
import { LineReader } from '../testing/line-reader.fixture.js'
import { type ScratchDirectory, scratchDirectory } from '../testing/scratch-directory.fixture.js'
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

let closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.reverse()) await close()
  closers = []
})

const mebibyte = 1024 * 1024
const piece = Buffer.alloc(64 * 1024, 'x')
const head = '{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"'
const tail = '"}]}}'

/** How a server frames its answer: what comes before and after it. */
interface Framing {
  readonly type: string
  readonly before: string
  readonly after: string
}

const asJson: Framing = { type: 'application/json', before: '', after: '' }
const asEvent: Framing = { type: 'text/event-stream', before: 'event: message\ndata: ', after: '\n\n' }
const framings: [string, Framing][] = [
  ['as JSON', asJson],
  ['as an event', asEvent],
]

/** Answers with so many bytes of text, as fast as they are taken. */
async function answerAtLength(
  { response }: Received,
  bytes: number,
  { type, before, after }: Framing = asJson,
  end = tail,
): Promise<void> {
  response.writeHead(200, { 'content-type': type })
  await writeAtLength(response, bytes, before + head)
  response.end(end + after)
}

async function writeAtLength(response: ServerResponse, bytes: number, before: string): Promise<void> {
  response.write(before)
  for (let sent = 0; sent < bytes; sent += piece.length) {
    if (!response.write(piece)) await once(response, 'drain')
  }
}

/** A server of HTTP+SSE that answers a call with so many bytes. */
function httpSse(bytes: number): Script {
  let stream: ServerResponse | undefined
  return async ({ method, message, response }) => {
    if (method === 'GET') {
      stream = response
      openEvents(response)
      response.write('event: endpoint\ndata: /message\n\n')
      return
    }
    response.writeHead(202).end()
    if (message.method === 'initialize') {
      stream?.write(event('{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2024-11-05","capabilities":{}}}'))
    } else if (message.id !== undefined && stream) {
      await writeAtLength(stream, bytes, asEvent.before + head)
      stream.write(tail + asEvent.after)
    }
  }
}

/** The most memory that a process has had, in MiB. */
function peak({ pid }: ChildProcess): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}

const callLine = (method: string): string => `{"jsonrpc":"2.0","id":1,"method":"${method}","params":{}}`

async function serve(script: Script): Promise<string> {
  const server = await startScriptedServer(mcpScript(script))
  closers.push(server.close)
  return server.url.href
}

async function connect(url: string, environment: Record<string, string> = {}): Promise<CliProcess> {
  const cli = startCli([url, '--outage-budget', '5'], environment)
  closers.push(() => {
    cli.child.kill('SIGKILL')
    return cli.exited
  })
  cli.send(initializeLine)
  await cli.stdout.next()
  cli.send(initializedLine)
  return cli
}

async function temporary(): Promise<ScratchDirectory> {
  const scratch = await scratchDirectory()
  closers.push(scratch.remove)
  return scratch
}

/** Calls by a bridge of its own, whose answer the host reads slowly where it pauses. */
async function callFor(url: string, options: readonly string[], pauseMs: number) {
  const scratch = await temporary()
  const bridge = spawn(process.execPath, [binary, url, ...options], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, TMPDIR: scratch.path },
  })
  closers.push(() => {
    bridge.kill('SIGKILL')
    return once(bridge, 'exit')
  })
  bridge.stdin.write(`${initializeLine}\n`)
  await once(bridge.stdout, 'data')
  bridge.stdin.write(`${initializedLine}\n${callLine('tools/call')}\n`)
  let [size, begin] = [0, '']
  for await (const chunk of bridge.stdout as AsyncIterable<Buffer>) {
    begin ||= chunk.toString('utf8', 0, head.length)
    size += chunk.length
    if (chunk[chunk.length - 1] === 0x0a) break
    if (pauseMs > 0 && size % 16 === 0) await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
  return { peakMiB: peak(bridge), begin, size }
}

// The bridge itself has some 60 MiB. Held as text, the answer took 1,280.
it.runIf(process.platform === 'linux').each([
  ['as JSON', 'at once', asJson, 0, 0],
  ['as JSON', 'slowly', asJson, 1, 0],
  ['as an event', 'at once', asEvent, 0, 0],
  ['as an event', 'slowly', asEvent, 1, 0],
  ['as an event of a session that was renewed', 'slowly', asEvent, 1, 1],
])(
  '200 MiB %s for a host that reads %s take no memory',
  { timeout: 120_000 },
  async (_as, _how, framing, pauseMs, losses) => {
    const total = 200 * mebibyte
    let calls = 0
    const url = await serve((received) =>
      ++calls > losses ? answerAtLength(received, total, framing) : received.response.writeHead(404).end(),
    )
    const { peakMiB, begin, size } = await callFor(url, [], pauseMs)
    expect(begin).toBe(head)
    expect(size).toBe(total + head.length + tail.length + 1)
    expect(calls).toBe(losses + 1)
    expect(peakMiB).toBeLessThan(150)
  },
)

it.runIf(process.platform === 'linux')('200 MiB over HTTP+SSE take none either', { timeout: 120_000 }, async () => {
  const total = 200 * mebibyte
  const server = await startScriptedServer(httpSse(total))
  closers.push(server.close)
  const { peakMiB, begin, size } = await callFor(server.url.href, ['--transport', 'sse'], 1)
  expect(begin).toBe(head)
  expect(size).toBe(total + head.length + tail.length + 1)
  expect(peakMiB).toBeLessThan(150)
})

it.each(framings)(
  'a place that does not take it %s is an error on the call, and the next one works',
  async (_as, framing) => {
    let count = 0
    const url = await serve((received) => {
      if (count++ === 0) return answerAtLength(received, 4 * mebibyte, framing)
      json(received.response, '{"jsonrpc":"2.0","id":1,"result":{}}')
      return undefined
    })
    const cli = await connect(url, { TMPDIR: '/none/at/all', TEMP: '/none/at/all' })
    cli.send(callLine('tools/call'))
    const line = await cli.stdout.next()
    expect(JSON.parse(line)).toMatchObject({ id: 1, error: { code: -32011, data: { cause: 'ENOENT' } } })
    expect(line).toContain("/none/at/all (TMPDIR) can't take it: there is no such directory (ENOENT)")
    expect(await cli.stderr.containing('could not be passed on')).toContain('ENOENT')
    cli.send(callLine('tools/call'))
    expect(JSON.parse(await cli.stdout.next())).toEqual({ jsonrpc: '2.0', id: 1, result: {} })
  },
)

// A limit on the size of files is the full disk that every user can make.
it.runIf(process.platform === 'linux')('so is a place that is full in the middle of it', async () => {
  const url = await serve((received) => answerAtLength(received, 8 * mebibyte))
  const bridge = spawn('bash', ['-c', 'ulimit -f 2048 && exec "$0" "$@"', process.execPath, binary, url])
  closers.push(() => {
    bridge.kill('SIGKILL')
    return once(bridge, 'exit')
  })
  const lines = new LineReader(bridge.stdout)
  bridge.stdin.write(`${initializeLine}\n`)
  await lines.next()
  bridge.stdin.write(`${initializedLine}\n${callLine('tools/call')}\n`)
  const line = await lines.next()
  expect(JSON.parse(line)).toMatchObject({ id: 1, error: { code: -32011, data: { cause: 'EFBIG' } } })
  expect(line).toContain('there is no space left')
})

describe.each(framings)('a large answer %s', (_as, framing) => {
  it.each([
    ['a read is asked for anew', 'resources/read', 2],
    ['a call is not, and said to be of unknown outcome', 'tools/call', 1],
  ])('breaks off: %s', async (_name, method, times) => {
    let count = 0
    const url = await serve(async (received) => {
      if (++count > 1) return answerAtLength(received, 2 * mebibyte, framing)
      const { response, request } = received
      response.writeHead(200, { 'content-type': framing.type }).write(framing.before + head)
      response.write(Buffer.alloc(3 * mebibyte, '#'), () => request.socket.destroy())
      return undefined
    })
    const cli = await connect(url)
    cli.send(callLine(method))
    const line = await cli.stdout.next()
    expect(line).not.toContain('#')
    if (times === 1) expect(JSON.parse(line)).toMatchObject({ id: 1, error: { code: -32011 } })
    else expect(line.length).toBe(head.length + 2 * mebibyte + tail.length)
    expect(count).toBe(times)
  })

  it.runIf(process.platform === 'linux')('and the bridge end together: no file is left, and no half line', async () => {
    const scratch = await temporary()
    let arrived!: () => void
    const half = new Promise<void>((resolve) => (arrived = resolve))
    const url = await serve(({ response }) => {
      response.writeHead(200, { 'content-type': framing.type }).write(framing.before + head)
      response.write(Buffer.alloc(32 * mebibyte, 'x'), arrived)
    })
    const cli = await connect(url, { TMPDIR: scratch.path })
    cli.send(callLine('tools/call'))
    await half
    expect(filesIn(cli.child, scratch.path)).toHaveLength(1)
    expect(readdirSync(scratch.path)).toEqual([])
    cli.child.kill('SIGTERM')
    const line = await cli.stdout.next()
    expect(JSON.parse(line)).toMatchObject({ id: 1, error: { code: -32011 } })
    expect(await cli.exited).toEqual({ code: 0, signal: null })
    expect(readdirSync(scratch.path)).toEqual([])
  })
})

it.each([
  ['a read is asked for anew', 'resources/read', 2],
  ['a call is not', 'tools/call', 1],
])('when a large JSON answer ends too early, %s', async (_name, method, times) => {
  let count = 0
  const url = await serve((received) => answerAtLength(received, 2 * mebibyte, asJson, ++count > 1 ? tail : '"}]}'))
  const cli = await connect(url)
  cli.send(callLine(method))
  const line = await cli.stdout.next()
  if (times === 1) expect(JSON.parse(line)).toMatchObject({ id: 1, error: { code: -32011 } })
  else expect(line.length).toBe(head.length + 2 * mebibyte + tail.length)
  expect(count).toBe(times)
})

/** The files of a directory that a process has open, by whatever name they had. */
function filesIn({ pid }: ChildProcess, directory: string): string[] {
  return readdirSync(`/proc/${pid}/fd`)
    .map((name) => readlinkSync(`/proc/${pid}/fd/${name}`))
    .filter((target) => target.startsWith(directory))
}
