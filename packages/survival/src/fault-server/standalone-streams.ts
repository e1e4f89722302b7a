import type { ServerResponse } from 'node:http'
import type { Message } from '../wire/json-rpc.js'
import { sseMessage } from '../wire/sse.js'

/** The open GET streams. */
export class StandaloneStreams {
  readonly #open = new Set<ServerResponse>()

  open(res: ServerResponse, sessionId: string | undefined): void {
    this.#open.add(res)
    res.on('close', () => this.#open.delete(res))
    res.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      ...(sessionId === undefined ? {} : { 'mcp-session-id': sessionId }),
    })
    // A comment, so that the head leaves now and not with the first event.
    res.write(': open\n\n')
  }

  /** Sends a notification or a request on every stream; says on how many. */
  push(message: Message, eventId?: string): number {
    return this.write(sseMessage(message, eventId))
  }

  /** Writes bytes as they are; says to how many streams. */
  write(text: string): number {
    for (const res of this.#open) res.write(text)
    return this.#open.size
  }

  endAll(how: 'end' | 'cut'): void {
    for (const res of [...this.#open]) {
      if (how === 'end') res.end()
      else res.destroy()
    }
  }
}
