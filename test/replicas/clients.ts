import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Client as ClientV2, StreamableHTTPClientTransport as TransportV2 } from '@modelcontextprotocol/client'
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { whyNoAiSdk } from '../transparency/ai-sdk.js'

/** A client of somebody else, as it comes, that knows no recovery. */
export interface RawClient {
  /** Calls a tool. @returns the text of its result */
  call(name: string, args?: Record<string, unknown>): Promise<string>
  close(): Promise<void>
}

const info = { name: 'raw', version: '1.0.0' }
const capabilities = { elicitation: {} }
const yes = { action: 'accept' as const, content: { sure: true } }

function textOf(result: unknown): string {
  const { content, isError } = result as { content: { text: string }[]; isError?: boolean }
  if (isError === true) throw new Error(content[0]?.text)
  return content[0]?.text ?? ''
}

async function connectV1(url: URL): Promise<RawClient> {
  const client = new ClientV1(info, { capabilities })
  client.setRequestHandler(ElicitRequestSchema, () => yes)
  await client.connect(new TransportV1(url))
  return {
    call: async (name, args = {}) => textOf(await client.callTool({ name, arguments: args })),
    close: () => client.close(),
  }
}

async function connectV2(url: URL): Promise<RawClient> {
  const client = new ClientV2(info, { capabilities })
  client.setRequestHandler('elicitation/create', () => yes)
  await client.connect(new TransportV2(url))
  return {
    call: async (name, args = {}) => textOf(await client.callTool({ name, arguments: args })),
    close: () => client.close(),
  }
}

async function connectAiSdk(url: URL): Promise<RawClient> {
  const { createMCPClient, ElicitationRequestSchema } = await import('@ai-sdk/mcp')
  const client = await createMCPClient({
    clientName: 'raw',
    capabilities,
    transport: { type: 'http', url: url.href },
  })
  client.onElicitationRequest(ElicitationRequestSchema, () => yes)
  return {
    call: async (name, args = {}) => textOf(await client.callTool({ name, arguments: args })),
    close: () => client.close(),
  }
}

const python = process.env.MCP_TETHER_PYTHON ?? 'python3'

/** Why the Python SDK can't run here; on a machine that has to have it its absence is an error. */
const whyNoPython = (() => {
  if (spawnSync(python, ['-c', 'from mcp.client.streamable_http import streamable_http_client']).status === 0)
    return undefined
  const missing = `${python} has no package mcp: set MCP_TETHER_PYTHON to one of a venv with mcp 2`
  const isRequired = (process.env.MCP_TETHER_REQUIRE ?? '').split(',').includes('python-sdk')
  if (isRequired) throw new Error(`MCP_TETHER_REQUIRE says python-sdk, and ${missing}.`)
  return missing
})()

interface PythonAnswer {
  readonly id?: number
  readonly text?: string
  readonly error?: string
}

async function connectPython(url: URL): Promise<RawClient> {
  const script = fileURLToPath(new URL('python-client.py', import.meta.url))
  const child = spawn(python, [script, url.href], { stdio: ['pipe', 'pipe', 'inherit'] })
  const waiting = new Map<number, (answer: PythonAnswer) => void>()
  let isReady: () => void = () => undefined
  const ready = new Promise<void>((resolve) => (isReady = resolve))
  createInterface({ input: child.stdout }).on('line', (line) => {
    const answer = JSON.parse(line) as PythonAnswer
    if (answer.id === undefined) isReady()
    else waiting.get(answer.id)?.(answer)
  })
  const gone = once(child, 'exit')
  const ended = gone.then(() => Promise.reject(new Error('The Python client ended.')))
  ended.catch(() => undefined)
  await Promise.race([ready, ended])
  let count = 0
  return {
    async call(name, args) {
      const id = count++
      const answered = new Promise<PythonAnswer>((resolve) => waiting.set(id, resolve))
      child.stdin.write(`${JSON.stringify({ id, name, arguments: args })}\n`)
      const { text, error } = await Promise.race([answered, ended])
      if (error !== undefined) throw new Error(error)
      return text ?? ''
    },
    async close() {
      child.stdin.end()
      await gone
    },
  }
}

export const rawClients: readonly {
  readonly name: string
  readonly connect: (url: URL) => Promise<RawClient>
  readonly whyNot?: string | undefined
}[] = [
  { name: 'SDK v1', connect: connectV1 },
  { name: 'SDK v2', connect: connectV2 },
  { name: 'ai-sdk', connect: connectAiSdk, whyNot: whyNoAiSdk },
  { name: 'Python SDK', connect: connectPython, whyNot: whyNoPython },
]
