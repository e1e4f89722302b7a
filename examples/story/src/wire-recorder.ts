import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

/** One HTTP exchange, as a wire tap between client and server saw it. */
export interface Exchange {
  /** Milliseconds since the recorder's clock was set, when the request came. */
  readonly at: number
  /** The JSON-RPC method with its id, or the HTTP method. */
  readonly what: string
  /** The session id that the request carried. */
  readonly sessionId: string | undefined
  /** HTTP status, or the error code when the server could not be reached. */
  readonly answer: number | string
}

/** A loopback proxy that passes everything through and writes down what went by. */
export interface WireRecorder {
  readonly url: URL
  /** The exchanges since the last call, in the order of their requests. Sets the clock to zero. */
  take(): readonly Exchange[]
  close(): Promise<void>
}

/** Starts a recorder in front of the server on this port of the loopback. */
export async function startWireRecorder(port: number): Promise<WireRecorder> {
  let startedAt = performance.now()
  let exchanges: Exchange[] = []
  const server = createServer((incoming, outgoing) => {
    const at = Math.round(performance.now() - startedAt)
    const record = (what: string, answer: number | string) => {
      const sessionId = incoming.headers['mcp-session-id']
      exchanges.push({ at, what, sessionId: typeof sessionId === 'string' ? sessionId : undefined, answer })
    }
    passThrough(incoming, outgoing, port, record)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: new URL(`http://127.0.0.1:${String(portOf(server))}/mcp`),
    take() {
      const taken = exchanges.sort((a, b) => a.at - b.at)
      exchanges = []
      startedAt = performance.now()
      return taken
    },
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

function passThrough(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  port: number,
  record: (what: string, answer: number | string) => void,
): void {
  const { method, url, headers } = incoming
  const chunks: Buffer[] = []
  const what = () => nameOf(method ?? '', Buffer.concat(chunks).toString())
  const upstream = request({ host: '127.0.0.1', port, method, path: url, headers }, (response) => {
    record(what(), response.statusCode ?? 0)
    outgoing.writeHead(response.statusCode ?? 502, response.headers)
    response.pipe(outgoing)
    response.on('error', () => outgoing.destroy())
  })
  upstream.on('error', (error: NodeJS.ErrnoException) => {
    if (!outgoing.headersSent && !outgoing.destroyed) record(what(), error.code ?? error.message)
    outgoing.destroy()
  })
  outgoing.on('close', () => upstream.destroy())
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
  incoming.pipe(upstream)
}

function nameOf(method: string, body: string): string {
  if (method !== 'POST') return method
  const { id, method: name } = JSON.parse(body) as { id?: string | number; method?: string }
  return typeof id === 'number' ? `${name ?? 'response'} #${String(id)}` : (name ?? 'response')
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the wire recorder has no port')
  return address.port
}
