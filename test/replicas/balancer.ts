import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Happenings } from './happenings.js'
import { readMessage } from './read-message.js'

export interface Place {
  readonly name: string
  readonly port: number
}

/** A request that came to the load balancer, and what has become of it. */
export interface Seen {
  readonly method: string
  readonly sessionId: string | undefined
  readonly lastEventId: string | undefined
  /** The argument `line` of the tool that it calls. */
  readonly line: string | undefined
  /** Whether it answers a question of the server. */
  readonly isReply: boolean
  /** The replica that it was sent to; undefined: none took it. */
  replica: string | undefined
  /** Of the answer; undefined: none has begun. */
  status: number | undefined
  /** Of the events that were passed on, in their order. */
  eventIds: readonly string[]
  ending: 'open' | 'complete' | 'broken'
}

/**
 * Sends every single request to another replica than the one before. What happens to the connection behind happens to the
 * one in front. A replica that refuses the connection is passed over, which is safe: nothing was sent. Where all of them
 * do, the client's connection breaks.
 */
export class Balancer {
  readonly seen: Seen[] = []
  /** How often a replica refused a connection. */
  refusals = 0
  places: readonly Place[] = []
  /** The name of the one that gets every request as long as it is there. */
  preferred: string | undefined
  readonly #happenings: Happenings
  readonly #server = createServer((request, response) => {
    this.#pass(request, response).catch(() => response.destroy())
  })
  readonly #open = new Map<Seen, ServerResponse>()
  #turn = 0

  /** @param happenings tells whenever something has happened to a request */
  constructor(happenings: Happenings) {
    this.#happenings = happenings
  }

  async listen(): Promise<URL> {
    // A client must not find its idle connection closed: that would be an error that no replica made.
    this.#server.keepAliveTimeout = 600_000
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/mcp`)
  }

  /** Breaks the client's connection of a request; the replica goes on. */
  cut(seen: Seen): void {
    this.#open.get(seen)?.destroy()
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece as Buffer)
    const body = Buffer.concat(pieces)
    const seen: Seen = {
      method: request.method ?? '',
      sessionId: request.headers['mcp-session-id'] as string | undefined,
      lastEventId: request.headers['last-event-id'] as string | undefined,
      ...readMessage(body),
      replica: undefined,
      status: undefined,
      eventIds: [],
      ending: 'open',
    }
    this.seen.push(seen)
    this.#open.set(seen, response)
    response.once('close', () => {
      this.#open.delete(seen)
      seen.ending = response.writableFinished ? 'complete' : 'broken'
      this.#happenings.tell()
    })
    for (const { name, port } of this.#inTurn()) {
      seen.replica = name
      if (await this.#sendTo(port, request, body, response, seen)) return
      this.refusals++
    }
    seen.replica = undefined
    response.destroy()
  }

  #inTurn(): readonly Place[] {
    const first = this.#turn++ % this.places.length
    const turned = [...this.places.slice(first), ...this.places.slice(0, first)]
    return turned.sort((a, b) => Number(b.name === this.preferred) - Number(a.name === this.preferred))
  }

  /** @returns false where it refused the connection */
  #sendTo(
    port: number,
    request: IncomingMessage,
    body: Buffer,
    response: ServerResponse,
    seen: Seen,
  ): Promise<boolean> {
    return new Promise((resolve) => {
      const { method, url: path, headers } = request
      const sent = send({ host: '127.0.0.1', port, method, path, headers, agent: false }, (answer) => {
        resolve(true)
        seen.status = answer.statusCode
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.on('error', () => response.destroy())
        let text = ''
        answer.on('data', (piece: Buffer) => {
          text += piece.toString()
          seen.eventIds = [...text.matchAll(/^id: (.*)\n/gm)].map(([, id]) => id ?? '')
          this.#happenings.tell()
        })
        answer.pipe(response)
        this.#happenings.tell()
      })
      sent.on('error', (error: NodeJS.ErrnoException) => {
        const isRefused = seen.status === undefined && error.code === 'ECONNREFUSED'
        if (!isRefused) response.destroy()
        resolve(!isRefused)
      })
      response.on('close', () => sent.destroy())
      sent.end(body)
    })
  }
}
