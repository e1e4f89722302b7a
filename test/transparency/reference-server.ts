import { Changes } from './changes.js'

export type Params = Readonly<Record<string, unknown>>

/** What a handler can do besides answering; the same on a server of either SDK. */
export interface Handling {
  readonly signal: AbortSignal
  readonly progressToken: string | number | undefined
  notify(method: string, params: Params): Promise<void>
  ask(method: string, params: Params): Promise<unknown>
  closeCallStream(): void
  closeStandaloneStream(): void
}

export const serverInfo = { name: 'reference', version: '1.2.3', title: 'Reference – ünïcödé ✓' }
export const serverInstructions = 'Ask for anything; every answer is the same in every run.'
export const serverCapabilities = {
  tools: { listChanged: true },
  resources: { subscribe: true, listChanged: true },
  prompts: { listChanged: true },
  completions: {},
  logging: {},
}

/** Landmarks of a conversation: the server and the test wait for each other at them. */
export class Landmarks extends Changes {
  readonly #passed = new Set<string>()

  pass(name: string): void {
    this.#passed.add(name)
    this.changed()
  }

  reached(name: string): Promise<void> {
    return this.until(() => this.#passed.has(name))
  }
}

export class MethodNotFound extends Error {}
export class InvalidParams extends Error {}

const tool = (name: string, annotations: Params = {}): Params => ({
  name,
  description: `The tool ${name} – “quoted”, with an emoji 🎈`,
  inputSchema: { type: 'object', properties: { text: { type: 'string' } } },
  annotations,
})

const text = (...lines: string[]): Params => ({ content: lines.map((line) => ({ type: 'text', text: line })) })

const pages: Record<string, Params> = {
  first: { tools: [tool('echo', { readOnlyHint: true }), tool('count')], nextCursor: 'second' },
  second: {
    tools: ['fail', 'elicit', 'sample', 'roots', 'wait', 'announce', 'interrupt', 'drop'].map((it) => tool(it)),
  },
}

/** Answers one request, whatever its method: a server whose words are the same in every run. */
export async function answer(
  method: string,
  params: Params,
  handling: Handling,
  landmarks: Landmarks,
): Promise<Params> {
  switch (method) {
    case 'tools/list':
      return pages[(params.cursor as string | undefined) ?? 'first'] ?? unknown('cursor')
    case 'tools/call':
      return callTool(String(params.name), (params.arguments ?? {}) as Params, handling, landmarks)
    case 'resources/list':
      return { resources: [{ uri: 'test://a', name: 'a', mimeType: 'text/plain' }] }
    case 'resources/templates/list':
      return { resourceTemplates: [{ uriTemplate: 'test://{name}', name: 'any' }] }
    case 'resources/read':
      return { contents: [{ uri: params.uri, mimeType: 'application/octet-stream', blob: 'AAEC/w==' }] }
    case 'resources/subscribe':
    case 'resources/unsubscribe':
      return {}
    case 'prompts/list':
      return { prompts: [{ name: 'greet', arguments: [{ name: 'who', required: true }] }] }
    case 'prompts/get':
      return {
        messages: [{ role: 'user', content: { type: 'text', text: `Greet ${JSON.stringify(params.arguments)}` } }],
      }
    case 'completion/complete':
      return { completion: { values: ['Ada', 'Alan'], total: 2, hasMore: false } }
    default:
      throw new MethodNotFound('Method not found')
  }
}

async function callTool(name: string, args: Params, handling: Handling, landmarks: Landmarks): Promise<Params> {
  const progress = async (value: number): Promise<void> => {
    const { progressToken } = handling
    if (progressToken === undefined) return
    await handling.notify('notifications/progress', {
      progressToken,
      progress: value,
      total: 3,
      message: `${value} of 3`,
    })
  }
  switch (name) {
    case 'echo':
      return text(String(args.text), 'second block\nwith a line break')
    case 'count':
      for (const value of [1, 2, 3]) await progress(value)
      return { ...text('counted'), structuredContent: { counted: 3 }, _meta: { 'example.com/seen': true } }
    case 'fail':
      return { ...text('no such file'), isError: true }
    case 'elicit': {
      const requestedSchema = { type: 'object', properties: { sure: { type: 'boolean' } }, required: ['sure'] }
      return text(JSON.stringify(await handling.ask('elicitation/create', { message: 'Sure?', requestedSchema })))
    }
    case 'sample': {
      const messages = [{ role: 'user', content: { type: 'text', text: 'Say something' } }]
      return text(JSON.stringify(await handling.ask('sampling/createMessage', { messages, maxTokens: 10 })))
    }
    case 'roots':
      return text(JSON.stringify(await handling.ask('roots/list', {})))
    case 'wait':
      landmarks.pass('waiting')
      await new Promise((resolve) => {
        handling.signal.addEventListener('abort', resolve, { once: true })
      })
      landmarks.pass('cancelled')
      return text('nobody wants to know')
    case 'announce':
      await handling.notify('notifications/message', { level: 'warning', logger: 'call', data: { of: 'the call' } })
      landmarks.pass('announce')
      await landmarks.reached('announced')
      return text('announced')
    case 'interrupt':
      await progress(1)
      await landmarks.reached('progress seen')
      handling.closeCallStream()
      // Nobody is connected now: this one is kept in the event store.
      await progress(2)
      await landmarks.reached('call resumed')
      await progress(3)
      return text('finished on another stream')
    case 'drop':
      handling.closeStandaloneStream()
      landmarks.pass('dropped')
      await landmarks.reached('standalone resumed')
      return text('dropped')
    default:
      return unknown('tool')
  }
}

function unknown(what: string): never {
  throw new InvalidParams(`Unknown ${what}`)
}
