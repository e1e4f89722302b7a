import { Readable } from 'node:stream'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { binary } from '../testing/cli-process.fixture.js'
import { type EverythingServer, freePort, startEverythingServer } from '../testing/everything-server.fixture.js'
import { LineReader } from '../testing/line-reader.fixture.js'

let server: EverythingServer
let client: Client
let stderr: LineReader
const errors: Error[] = []
const logged: unknown[] = []
let rootsAsked!: () => void
const rootsWereAsked = new Promise<void>((resolve) => (rootsAsked = resolve))

const textOf = (result: Awaited<ReturnType<Client['callTool']>>): string => {
  const [first] = result.content as { text?: string }[]
  return first?.text ?? ''
}

const echo = async (message: string): Promise<string> =>
  textOf(await client.callTool({ name: 'echo', arguments: { message } }))

beforeAll(async () => {
  server = await startEverythingServer(await freePort(), 'sse')
  client = new Client({ name: 'test', version: '1' }, { capabilities: { sampling: {}, elicitation: {}, roots: {} } })
  client.onerror = (error) => errors.push(error)
  client.setRequestHandler('roots/list', () => {
    rootsAsked()
    return { roots: [{ uri: 'file:///tmp/a', name: 'A' }] }
  })
  client.setRequestHandler('sampling/createMessage', () => ({
    model: 'm',
    role: 'assistant',
    content: { type: 'text', text: 'sampled é😀' },
  }))
  client.setRequestHandler('elicitation/create', () => ({ action: 'decline' }))
  client.setNotificationHandler('notifications/message', (notification) => void logged.push(notification.params))
  // What tools are safe to repeat is forgotten when the server says that they are others; hosts ask again then.
  client.setNotificationHandler(
    'notifications/tools/list_changed',
    () => void client.listTools().catch(() => undefined),
  )
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [binary, server.url, '--verbose'],
    stderr: 'pipe',
  })
  if (transport.stderr instanceof Readable) stderr = new LineReader(transport.stderr)
  await client.connect(transport)
})

afterAll(async () => {
  await client.close()
  await server.kill()
})

describe('the SDK client, the bridge and the reference server on HTTP+SSE', () => {
  it('find each other: Streamable HTTP is refused, and the old transport is there', async () => {
    await stderr.containing('the server speaks the old HTTP+SSE transport')
    expect(client.getServerVersion()?.name).toContain('everything')
  })

  it('list and call tools, read resources, get prompts', async () => {
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('echo')
    expect(await echo('hé\u2028llo\n😀')).toBe('Echo: hé\u2028llo\n😀')
    const { resources } = await client.listResources()
    expect((await client.readResource({ uri: resources[0]?.uri ?? '' })).contents).toHaveLength(1)
    expect((await client.listPrompts()).prompts.length).toBeGreaterThan(0)
  })

  it('call in parallel', async () => {
    const calls = Array.from({ length: 50 }, (_, index) => echo(String(index)))
    expect(await Promise.all(calls)).toEqual(calls.map((_, index) => `Echo: ${index}`))
  })

  it('report progress, before the result', async () => {
    const progress: number[] = []
    await client.callTool(
      { name: 'trigger-long-running-operation', arguments: { duration: 0.1, steps: 4 } },
      { onprogress: (report) => progress.push(report.progress) },
    )
    // The SDK drops progress that it reads together with the result, so the last may be missing.
    expect(progress.length).toBeGreaterThanOrEqual(3)
    expect(progress).toEqual([1, 2, 3, 4].slice(0, progress.length))
  })

  it('let the server ask: sampling, elicitation, and roots on the standalone stream', async () => {
    await rootsWereAsked
    expect(textOf(await client.callTool({ name: 'get-roots-list', arguments: {} }))).toContain('file:///tmp/a')
    expect(textOf(await client.callTool({ name: 'trigger-sampling-request', arguments: { prompt: 'p' } }))).toContain(
      'sampled é😀',
    )
    expect(textOf(await client.callTool({ name: 'trigger-elicitation-request', arguments: {} }))).toContain('decline')
    expect(logged.length).toBeGreaterThan(0)
  })

  it('cancel', async () => {
    const controller = new AbortController()
    const pending = client.callTool(
      { name: 'trigger-long-running-operation', arguments: { duration: 1, steps: 20 } },
      {
        signal: controller.signal,
        onprogress: () => {
          controller.abort()
        },
      },
    )
    await expect(pending).rejects.toThrow()
    expect(await echo('after')).toBe('Echo: after')
  })

  it('go on after the server was killed and started again, with subscriptions and log level', async () => {
    const { resources } = await client.listResources()
    await client.subscribeResource({ uri: resources[0]?.uri ?? '' })
    await server.kill()
    // Made while nobody is there: it waits for the new server.
    const early = echo('early')
    server = await startEverythingServer(server.port, 'sse')
    expect(await early).toBe('Echo: early')
    expect(await Promise.all(['a', 'b', 'c'].map(echo))).toEqual(['Echo: a', 'Echo: b', 'Echo: c'])
    await stderr.containing('resources/subscribe #mcp-tether')
  })

  it('get the result of a call that was in flight when the server was killed, where it is safe to repeat', async () => {
    let begun!: () => void
    const hasBegun = new Promise<void>((resolve) => (begun = resolve))
    const pending = client.callTool(
      { name: 'trigger-long-running-operation', arguments: { duration: 2, steps: 20 } },
      {
        onprogress: () => {
          begun()
        },
      },
    )
    await hasBegun
    // Only now: whatever the new session says about its tools when it begins has come, and would make their hints unknown.
    await client.listTools()
    await server.kill()
    server = await startEverythingServer(server.port, 'sse')
    expect(textOf(await pending)).toContain('completed')
  })

  it('say that the outcome is unknown where it is not', async () => {
    let asked!: () => void
    const hasAsked = new Promise<void>((resolve) => (asked = resolve))
    client.setRequestHandler('elicitation/create', () => {
      asked()
      return new Promise(() => undefined)
    })
    const pending = client.callTool({ name: 'trigger-elicitation-request', arguments: {} })
    const outcome = expect(pending).rejects.toMatchObject({ code: -32011, data: { code: 'outcome_unknown' } })
    await hasAsked
    await server.kill()
    await outcome
    server = await startEverythingServer(server.port, 'sse')
    expect(await echo('again')).toBe('Echo: again')
  })

  it('and nothing went wrong on the way', () => {
    expect(errors.filter(({ message }) => !message.includes('progress notification for an unknown token'))).toEqual([])
  })
})
