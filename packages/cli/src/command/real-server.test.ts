import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { binary } from '../testing/cli-process.fixture.js'
import { type EverythingServer, freePort, startEverythingServer } from '../testing/everything-server.fixture.js'

let server: EverythingServer
let client: Client
const errors: Error[] = []
const logged: unknown[] = []
let rootsAsked!: () => void
const rootsWereAsked = new Promise<void>((resolve) => (rootsAsked = resolve))

const textOf = (result: Awaited<ReturnType<Client['callTool']>>): string => {
  const [first] = result.content as { text?: string }[]
  return first?.text ?? ''
}

beforeAll(async () => {
  server = await startEverythingServer(await freePort())
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
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [binary, server.url],
      env: { MCP_TETHER_HOME: process.env.MCP_TETHER_HOME ?? '' },
      stderr: 'pipe',
    }),
  )
})

afterAll(async () => {
  await client.close()
  await server.kill()
})

describe('the SDK client, the bridge and the reference server', () => {
  it('list and call tools, read resources, get prompts', async () => {
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('echo')
    expect(textOf(await client.callTool({ name: 'echo', arguments: { message: 'hé\u2028llo\n😀' } }))).toBe(
      'Echo: hé\u2028llo\n😀',
    )
    const { resources } = await client.listResources()
    expect((await client.readResource({ uri: resources[0]?.uri ?? '' })).contents).toHaveLength(1)
    expect((await client.listPrompts()).prompts.length).toBeGreaterThan(0)
  })

  it('call in parallel', async () => {
    const calls = Array.from({ length: 50 }, (_, index) =>
      client.callTool({ name: 'echo', arguments: { message: String(index) } }),
    )
    expect((await Promise.all(calls)).map(textOf)).toEqual(calls.map((_, index) => `Echo: ${index}`))
  })

  it('report progress', async () => {
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
    expect(textOf(await client.callTool({ name: 'echo', arguments: { message: 'after' } }))).toBe('Echo: after')
  })

  it('go on after the server was killed and started again', async () => {
    await server.kill()
    // Made while nobody is there: it waits for the new server.
    const early = client.callTool({ name: 'echo', arguments: { message: 'early' } })
    server = await startEverythingServer(server.port)
    expect(textOf(await early)).toBe('Echo: early')
    const calls = ['a', 'b', 'c'].map((message) => client.callTool({ name: 'echo', arguments: { message } }))
    expect((await Promise.all(calls)).map(textOf)).toEqual(['Echo: a', 'Echo: b', 'Echo: c'])
  })

  it('and nothing went wrong on the way', () => {
    expect(errors.filter(({ message }) => !message.includes('progress notification for an unknown token'))).toEqual([])
  })
})
