import { createServer, request as send, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** On a 503 of the proxy: no server was there to send the request to. */
export const notSentHeader = 'x-kill-test-not-sent'

/** On a request: the number of the server that is to get it, if it is there. */
export const serverHeader = 'x-kill-test-server'

/**
 * Each request goes to the next server, with nothing sticky, or to the one that it names. What happens to the connection
 * behind happens to the one in front. A server that is not there is passed over, which is safe: nothing was sent.
 */
export class RoundRobinProxy {
  /** Of the servers; undefined: not there at the moment. */
  readonly ports: (number | undefined)[]
  readonly #server: Server
  readonly #streams = new Set<ServerResponse>()
  #count = 0

  constructor(replicas: number) {
    this.ports = Array<undefined>(replicas).fill(undefined)
    this.#server = createServer((request, response) => {
      this.#pass(request, response).catch(() => response.destroy())
    })
    this.#server.keepAliveTimeout = 600_000
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return (this.#server.address() as AddressInfo).port
  }

  /** Breaks one of the streams of events that are open. @returns whether there was one */
  cut(oneOf: <Item>(items: readonly Item[]) => Item): boolean {
    if (this.#streams.size === 0) return false
    oneOf([...this.#streams]).destroy()
    return true
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece as Buffer)
    const body = Buffer.concat(pieces)
    const replicas = this.ports.length
    const chosen = request.headers[serverHeader]
    for (let tries = 0; tries < replicas; tries++) {
      const port = this.ports[(chosen === undefined ? this.#count++ : Number(chosen) + tries) % replicas]
      if (port === undefined) continue
      if (await this.#tryServer(port, request, body, response)) return
    }
    response.writeHead(503, { [notSentHeader]: '1' }).end()
  }

  /** @returns false where it refused the connection */
  #tryServer(port: number, request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<boolean> {
    return new Promise((resolve) => {
      const { method, url, headers } = request
      const sent = send({ host: '127.0.0.1', port, method, path: url, headers, agent: false })
      let isAnswered = false
      sent.once('error', (error: NodeJS.ErrnoException) => {
        const isRefused = !isAnswered && error.code === 'ECONNREFUSED'
        if (!isRefused) response.destroy()
        resolve(!isRefused)
      })
      sent.once('response', (answer) => {
        isAnswered = true
        resolve(true)
        response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers))
        const isStream = answer.headers['content-type']?.startsWith('text/event-stream') === true
        // Its first event is out: whoever loses it now can come back to it.
        if (isStream) answer.once('data', () => this.#streams.add(response))
        answer.on('data', (piece: Buffer) => response.write(piece))
        answer.once('end', () => response.end())
        answer.once('error', () => response.destroy())
        answer.once('close', () => {
          if (!answer.complete) response.destroy()
        })
      })
      response.once('close', () => {
        this.#streams.delete(response)
        sent.destroy()
      })
      sent.end(body)
    })
  }
}

function endToEnd(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  const { connection: _connection, 'keep-alive': _keepAlive, 'transfer-encoding': _encoding, ...others } = headers
  return others
}
