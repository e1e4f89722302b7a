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
  /** Ends the calls that are open with an error. */
  close(): Promise<void>
}

/** Resolves when a question of the server may be answered. */
export type OnQuestion = () => Promise<void>

const info = { name: 'raw', version: '1.0.0' }
const capabilities = { elicitation: {} }

async function yes(onQuestion: OnQuestion) {
  await onQuestion()
  return { action: 'accept' as const, content: { sure: true } }
}

function textOf(result: unknown): string {
  const { content, isError } = result as { content: { text: string }[]; isError?: boolean }
  if (isError === true) throw new Error(content[0]?.text)
  return content[0]?.text ?? ''
}

async function connectV1(url: URL, onQuestion: OnQuestion): Promise<RawClient> {
  const client = new ClientV1(info, { capabilities })
  client.setRequestHandler(ElicitRequestSchema, () => yes(onQuestion))
  await client.connect(new TransportV1(url))
  return {
    call: async (name, args = {}) => textOf(await client.callTool({ name, arguments: args })),
    close: () => client.close(),
  }
}

async function connectV2(url: URL, onQuestion: OnQuestion): Promise<RawClient> {
  const client = new ClientV2(info, { capabilities })
  client.setRequestHandler('elicitation/create', () => yes(onQuestion))
  await client.connect(new TransportV2(url))
  return {
    call: async (name, args = {}) => textOf(await client.callTool({ name, arguments: args })),
    close: () => client.close(),
  }
}

async function connectAiSdk(url: URL, onQuestion: OnQuestion): Promise<RawClient> {
  const { createMCPClient, ElicitationRequestSchema } = await import('@ai-sdk/mcp')
  const client = await createMCPClient({
    clientName: 'raw',
    capabilities,
    transport: { type: 'http', url: url.href },
  })
  client.onElicitationRequest(ElicitationRequestSchema, () => yes(onQuestion))
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

/** See python-client.py. */
interface PythonSaid {
  readonly id?: number
  readonly text?: string
  readonly error?: string
  readonly code?: number
  readonly question?: number
}

async function connectPython(url: URL, onQuestion: OnQuestion): Promise<RawClient> {
  const script = fileURLToPath(new URL('python-client.py', import.meta.url))
  const child = spawn(python, [script, url.href], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.on('error', () => undefined)
  const tell = (order: object) => child.stdin.write(`${JSON.stringify(order)}\n`)
  const waiting = new Map<number, (answer: PythonSaid) => void>()
  let isReady: () => void = () => undefined
  const ready = new Promise<void>((resolve) => (isReady = resolve))
  createInterface({ input: child.stdout }).on('line', (line) => {
    const said = JSON.parse(line) as PythonSaid
    const { id, question } = said
    if (id !== undefined) waiting.get(id)?.(said)
    else if (question !== undefined) void onQuestion().then(() => tell({ answer: question }))
    else isReady()
  })
  const gone = once(child, 'exit')
  const ended = gone.then(() => Promise.reject(new Error('The Python client ended.')))
  ended.catch(() => undefined)
  await Promise.race([ready, ended])
  let count = 0
  return {
    async call(name, args) {
      const id = count++
      const answered = new Promise<PythonSaid>((resolve) => waiting.set(id, resolve))
      tell({ id, name, arguments: args })
      const { text, error, code } = await Promise.race([answered, ended])
      if (error !== undefined) throw Object.assign(new Error(error), { code })
      return text ?? ''
    },
    async close() {
      child.stdin.end()
      await gone
    },
  }
}

const answerAtOnce = () => Promise.resolve()

export interface RawClientKind {
  readonly name: string
  readonly connect: (url: URL, onQuestion?: OnQuestion) => Promise<RawClient>
  readonly whyNot?: string | undefined
  /** Whether it comes back to the stream of a call that was cut. */
  readonly resumesCalls: boolean
  /** Whether all of it ends when the connection of one request breaks before the answer has begun. */
  readonly endsWithARequest?: boolean
}

function kind(
  name: string,
  connect: (url: URL, onQuestion: OnQuestion) => Promise<RawClient>,
  more: Pick<RawClientKind, 'whyNot' | 'resumesCalls' | 'endsWithARequest'>,
): RawClientKind {
  return { name, connect: (url, onQuestion = answerAtOnce) => connect(url, onQuestion), ...more }
}

export const rawClients: readonly RawClientKind[] = [
  kind('SDK v1', connectV1, { resumesCalls: true }),
  kind('SDK v2', connectV2, { resumesCalls: true }),
  kind('ai-sdk', connectAiSdk, { resumesCalls: false, whyNot: whyNoAiSdk }),
  kind('Python SDK', connectPython, { resumesCalls: true, endsWithARequest: true, whyNot: whyNoPython }),
]
