import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Changes } from '../transparency/changes.js'
import { Landmarks } from '../transparency/reference-server.js'
import type { ServedSession, SessionFactory } from '../transparency/sdk-servers.js'
import type { AuthorizationServer } from './authorization-server.js'
import { TokenCheck } from './token-check.js'

/** One request to the MCP endpoint. */
export interface Seen {
  /** JSON-RPC method, or HTTP method. */
  readonly what: string
  readonly authorization: string | undefined
  readonly dpop: string | undefined
  readonly body: string
  status: number
}

/** Which of its two doors a request has to pass first. */
export type Order = 'token first' | 'session first'

/**
 * An MCP server (the transport and `Server` of a real SDK) that requires access tokens of an authorization server, and
 * says so in its protected-resource metadata (RFC 9728).
 */
export class ProtectedServer extends Changes {
  readonly seen: Seen[] = []
  /** The methods that passed both doors: the server's application has run them. */
  readonly executed: string[] = []
  /** Runs when a request has come, before anything is decided: to hold it. */
  before: (seen: Seen) => Promise<void> = () => Promise.resolve()
  /** The scope that a method needs; every other is content with any token. */
  readonly scopes = new Map<string, string>()
  /** What its protected-resource metadata say beside, or in the place of, the truth. */
  metadata: Readonly<Record<string, unknown>> = {}
  readonly #factory: SessionFactory
  readonly #order: Order
  readonly #check: TokenCheck
  readonly #issuer: string
  readonly #landmarks = new Landmarks()
  readonly #sessions = new Map<string, ServedSession>()
  readonly #all: ServedSession[] = []
  #server: Server | undefined
  #port = 0

  private constructor(factory: SessionFactory, authorizationServer: AuthorizationServer, order: Order) {
    super()
    this.#factory = factory
    this.#order = order
    this.#issuer = authorizationServer.issuer
    this.#check = new TokenCheck(authorizationServer)
  }

  static async start(factory: SessionFactory, issuer: AuthorizationServer, order: Order): Promise<ProtectedServer> {
    const server = new ProtectedServer(factory, issuer, order)
    await server.listen()
    return server
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${String(this.#port)}/mcp`)
  }

  /** What came, in short: method and status. */
  get lines(): string[] {
    return this.seen.map(({ what, status }) => `${what} ${String(status)}`)
  }

  /** The same from a place on, without the standalone stream, which is opened again when it likes. */
  posts(from: number): string[] {
    return this.lines.slice(from).filter((line) => !line.startsWith('GET'))
  }

  /** Listens; after a {@link hangUp} on the same port. */
  async listen(): Promise<void> {
    const server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => response.destroy(error as Error))
    })
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(this.#port, '127.0.0.1', resolve))
    this.#port = (server.address() as AddressInfo).port
    this.#server = server
  }

  /** Nobody is there any more: connections are refused. */
  async hangUp(): Promise<void> {
    const server = this.#server
    if (!server) return
    this.#server = undefined
    const closed = new Promise<void>((resolve) => {
      server.close(() => {
        resolve()
      })
    })
    server.closeAllConnections()
    await closed
  }

  /** A fresh process: it knows no session. */
  loseSessions(): void {
    this.#sessions.clear()
  }

  /** Resolves when this many requests of this kind have come. */
  came(count: number, what: string): Promise<void> {
    return this.until(() => this.seen.filter((it) => it.what === what).length >= count)
  }

  async close(): Promise<void> {
    await this.hangUp()
    for (const session of this.#all) await session.close()
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request)
    const path = new URL(request.url ?? '', this.url).pathname
    if (path === '/.well-known/oauth-protected-resource/mcp') {
      sendJson(response, 200, {
        resource: this.url.href,
        authorization_servers: [this.#issuer],
        scopes_supported: ['mcp'],
        ...this.metadata,
      })
      return
    }
    if (path !== '/mcp') {
      sendJson(response, 404, { error: 'not_found' })
      return
    }
    const message = body === '' ? {} : (JSON.parse(body) as { method?: string })
    const seen: Seen = {
      what: message.method ?? request.method ?? '',
      authorization: request.headers.authorization,
      dpop: headerOf(request, 'dpop'),
      body,
      status: 0,
    }
    this.seen.push(seen)
    const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse
    response.writeHead = (status: number, ...rest: unknown[]) => {
      seen.status = status
      this.changed()
      return writeHead(status, ...rest)
    }
    this.changed()
    await this.before(seen)
    await this.#answer(request, response, message, seen)
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    message: { method?: string },
    seen: Seen,
  ): Promise<void> {
    const isAllowed = () => this.#check.allows(request, this.url)
    if (this.#order === 'token first' && !(await isAllowed())) {
      this.#challenge(request, response)
      return
    }
    const session = await this.#sessionFor(headerOf(request, 'mcp-session-id'), message.method)
    if (!session) {
      const error = { code: -32001, message: 'Session not found' }
      sendJson(response, 404, { jsonrpc: '2.0', error, id: null })
      return
    }
    if (this.#order === 'session first' && !(await isAllowed())) {
      this.#challenge(request, response)
      return
    }
    const scope = this.scopes.get(seen.what)
    if (scope !== undefined && !(await this.#check.mayDo(request, scope))) {
      const metadata = new URL('/.well-known/oauth-protected-resource/mcp', this.url).href
      const challenge = `Bearer error="insufficient_scope", scope="${scope}", resource_metadata="${metadata}"`
      response.setHeader('www-authenticate', challenge)
      sendJson(response, 403, { error: 'insufficient_scope' })
      return
    }
    this.executed.push(seen.what)
    await session.handle(request, response, seen.body === '' ? undefined : message)
  }

  async #sessionFor(id: string | undefined, method: string | undefined): Promise<ServedSession | undefined> {
    if (id !== undefined) return this.#sessions.get(id)
    if (method !== 'initialize') return undefined
    const newId = randomUUID()
    const session = await this.#factory({ sessionIdGenerator: () => newId, enableJsonResponse: false }, this.#landmarks)
    this.#all.push(session)
    this.#sessions.set(newId, session)
    return session
  }

  #challenge(request: IncomingMessage, response: ServerResponse): void {
    const metadata = new URL('/.well-known/oauth-protected-resource/mcp', this.url).href
    const scheme = request.headers.authorization?.startsWith('DPoP ') ? 'DPoP' : 'Bearer'
    const error = request.headers.authorization === undefined ? '' : 'error="invalid_token", '
    response.setHeader('www-authenticate', `${scheme} ${error}resource_metadata="${metadata}", scope="mcp"`)
    sendJson(response, 401, { error: 'invalid_token' })
  }
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks).toString('utf8')
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
