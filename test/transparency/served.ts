import { CountingEventStore } from './counting-event-store.js'
import { RecordingServer } from './recording-server.js'
import { Landmarks } from './reference-server.js'
import type { Params } from './reference-server.js'
import type { ServedSession, SessionFactory } from './sdk-servers.js'

/** How the server is set up: what a conversation needs of it. */
export interface ServerKind {
  readonly answersAs: 'sse' | 'json'
  readonly sessions: boolean
  readonly resumable: boolean
}

/** A recorded MCP server: an SDK's server, its sessions by id, and what the test steers it with. */
export interface Served {
  readonly wire: RecordingServer
  readonly landmarks: Landmarks
  /** Says something on the standalone stream of the one session there is. */
  readonly push: (method: string, params?: Params) => Promise<void>
  readonly close: () => Promise<void>
}

export async function serve(factory: SessionFactory, kind: ServerKind): Promise<Served> {
  const landmarks = new Landmarks()
  const sessions = new Map<string, ServedSession>()
  const all: ServedSession[] = []
  const open = async (id: string | undefined): Promise<ServedSession> => {
    const session = await factory(
      {
        sessionIdGenerator: id === undefined ? undefined : () => id,
        enableJsonResponse: kind.answersAs === 'json',
        // A short wait before a stream is resumed; the clients' own delay is out of reach (see sdk-clients.ts).
        ...(kind.resumable ? { eventStore: new CountingEventStore(), retryInterval: 5 } : {}),
      },
      landmarks,
    )
    all.push(session)
    return session
  }
  const sessionFor = async (id: string | undefined, body: string): Promise<ServedSession | undefined> => {
    if (!kind.sessions) return open(undefined)
    if (id !== undefined) return sessions.get(id)
    if (!body.includes('"method":"initialize"')) return undefined
    const newId = `session-${String(sessions.size + 1)}`
    const session = await open(newId)
    sessions.set(newId, session)
    return session
  }
  const wire = await RecordingServer.start(async (request, response, body) => {
    const id = request.headers['mcp-session-id']
    const session = await sessionFor(typeof id === 'string' ? id : undefined, body)
    // A server without sessions has no standalone stream, and there is no such session here either.
    if (!session || (!kind.sessions && request.method !== 'POST')) {
      response.writeHead(kind.sessions ? 404 : 405, { 'content-type': 'text/plain' }).end('not here')
      return
    }
    await session.handle(request, response, body === '' ? undefined : JSON.parse(body))
  })
  return {
    wire,
    landmarks,
    push: async (method, params) => {
      const [session] = sessions.values()
      await session?.push(method, params)
    },
    close: async () => {
      await wire.close()
      for (const session of all) await session.close()
    },
  }
}
