import type { ServerResponse } from 'node:http'
import type { Message } from '../wire/json-rpc.js'
import { sseMessage } from '../wire/sse.js'

/** The open GET streams, by session id. */
export class StandaloneStreams {
  readonly #open = new Map<ServerResponse, string | undefined>()

  open(res: ServerResponse, sessionId: string | undefined): void {
    this.#open.set(res, sessionId)
    res.on('close', () => this.#open.delete(res))
    res.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      ...(sessionId === undefined ? {} : { 'mcp-session-id': sessionId }),
    })
    // A comment, so that the head leaves now and not with the first event.
    res.write(': open\n\n')
  }

  /** Sends a notification or a request to one session or to all; says to how many streams it went. */
  push(message: Message, sessionId?: string): number {
    const targets = [...this.#open].filter(([, id]) => sessionId === undefined || id === sessionId)
    for (const [res] of targets) res.write(sseMessage(message))
    return targets.length
  }

  endAll(how: 'end' | 'cut'): void {
    for (const res of this.#open.keys()) {
      if (how === 'end') res.end()
      else res.destroy()
    }
  }
}
