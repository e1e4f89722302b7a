import { randomUUID } from 'node:crypto'
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node'
import { Server } from '@modelcontextprotocol/server'
import { RecordingServer } from '../transparency/recording-server.js'

/** What one session of the server was told by its client. */
export interface ToldSession {
  level: string | undefined
  readonly uris: Set<string>
}

interface Session {
  readonly told: ToldSession
  readonly handle: NodeStreamableHTTPServerTransport['handleRequest']
  readonly close: () => Promise<void>
}

/** A server of SDK v2 that forgets its sessions on demand, as a fresh process has. Its tools are in `tools`. */
export class ForgetfulServer {
  /** May be changed between two lives. */
  tools: { name: string; description: string }[] = [{ name: 'first', description: 'The first tool' }]
  readonly #sessions = new Map<string, Session>()
  readonly #all: Session[] = []

  static async start(): Promise<ForgetfulServer & { wire: RecordingServer }> {
    const server = new ForgetfulServer()
    const wire = await RecordingServer.start(async (request, response, body) => {
      const id = request.headers['mcp-session-id']
      const isNew = id === undefined && body.includes('"method":"initialize"')
      const session = isNew ? await server.#open() : server.#sessions.get(String(id))
      if (session) await session.handle(request, response, body === '' ? undefined : JSON.parse(body))
      else response.writeHead(404, { 'content-type': 'text/plain' }).end('Session not found')
    })
    return Object.assign(server, { wire })
  }

  /** How many sessions there ever were. */
  get lives(): number {
    return this.#all.length
  }

  /** What the newest session was told. */
  get told(): { level: string | undefined; uris: string[] } {
    const { level, uris } = this.#all.at(-1)?.told ?? { level: undefined, uris: new Set<string>() }
    return { level, uris: [...uris].sort() }
  }

  async forget(): Promise<void> {
    const sessions = [...this.#sessions.values()]
    this.#sessions.clear()
    for (const session of sessions) await session.close()
  }

  async #open(): Promise<Session> {
    const told: ToldSession = { level: undefined, uris: new Set() }
    const capabilities = { logging: {}, tools: { listChanged: true }, resources: { subscribe: true } }
    // The advanced use that the low-level class is kept for: handlers that see the requests themselves.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    const server = new Server({ name: 'forgetful', version: '1.0.0' }, { capabilities })
    server.setRequestHandler('tools/list', () => ({
      tools: this.tools.map((tool) => ({ ...tool, inputSchema: { type: 'object' as const } })),
    }))
    server.setRequestHandler('tools/call', ({ params }) => ({
      content: [{ type: 'text' as const, text: params.name }],
    }))
    server.setRequestHandler('logging/setLevel', ({ params }) => {
      told.level = params.level
      return {}
    })
    server.setRequestHandler('resources/subscribe', ({ params }) => {
      told.uris.add(params.uri)
      return {}
    })
    server.setRequestHandler('resources/unsubscribe', ({ params }) => {
      told.uris.delete(params.uri)
      return {}
    })
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => {
        this.#sessions.set(id, session)
      },
    })
    const session: Session = {
      told,
      handle: (...its) => transport.handleRequest(...its),
      close: () => server.close(),
    }
    this.#all.push(session)
    await server.connect(transport)
    return session
  }
}
