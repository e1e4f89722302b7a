import { once } from 'node:events'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { passOn } from './pass-on.fixture.js'

export interface ConnectProxy {
  readonly url: URL
  /** What it was asked for, in order: `CONNECT mcp.test:443`, `GET http://mcp.test/`. */
  readonly asked: readonly string[]
  /** The headers of each. */
  readonly headers: readonly IncomingHttpHeaders[]
  /** How many connections it holds now. */
  readonly connections: () => number
  /** From now on it answers this instead, or passes on again. Ends every connection. */
  readonly turn: (answer: ConnectProxyOptions['answer']) => void
  readonly close: () => Promise<void>
}

export interface ConnectProxyOptions {
  /** Where every name leads to: a port of this machine. */
  readonly port: number
  /** What it answers instead; nothing at all for `'silence'`. */
  readonly answer?: number | 'silence' | 'garbage'
  /** Speaks TLS itself. */
  readonly tls?: ServerOptions
}

/** A real proxy on loopback: CONNECT for https:, whole addresses for http:. */
export async function startConnectProxy({ port, answer: first, tls }: ConnectProxyOptions): Promise<ConnectProxy> {
  let answer = first
  const asked: string[] = []
  const headers: IncomingHttpHeaders[] = []
  const sockets = new Set<Socket>()
  const note = (request: IncomingMessage): void => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`)
    headers.push({ ...request.headers })
  }
  const forward = (request: IncomingMessage, response: ServerResponse): void => {
    note(request)
    if (typeof answer === 'number') {
      response.writeHead(answer).end()
      return
    }
    delete request.headers['proxy-authorization']
    passOn(request, response, port)
  }
  const server: Server = tls ? createTlsServer(tls, forward) : createServer(forward)
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    note(request)
    if (answer === 'silence') {
      socket.resume().on('end', () => socket.end())
      return
    }
    if (answer === 'garbage') {
      socket.end('hello\r\n\r\n')
      return
    }
    if (answer !== undefined) {
      socket.end(`HTTP/1.1 ${answer} Refused\r\ncontent-length: 5\r\n\r\nsorry`)
      return
    }
    const target = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      target.pipe(socket).pipe(target)
    })
    target.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'))
    socket.on('close', () => target.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: new URL(`${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`),
    asked,
    headers,
    connections: () => sockets.size,
    turn(next) {
      answer = next
      for (const socket of sockets) socket.destroy()
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
