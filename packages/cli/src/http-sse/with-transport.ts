import type { FetchLike } from '@mcp-tether/client'
import { contentType } from '../bridge/describe-refusal.js'
import { initializeIn } from '../bridge/initialize-in.js'
import type { Log } from '../log/log.js'
import { mayBeHttpSse } from './fallback.js'
import type { HttpSse } from './http-sse-fetch.js'

/** How a server is spoken to. */
export type TransportChoice = 'auto' | 'http' | 'sse'

export interface TransportSettings {
  readonly url: URL
  /** `auto`: as the server's answer to the first `initialize` shows. */
  readonly transport: TransportChoice
  readonly log: Log
}

/**
 * Speaks the server's transport, and Streamable HTTP towards the caller. What a server speaks is remembered for the
 * life of the process, once an `initialize` went well. HTTP+SSE is loaded when it is first needed.
 */
export function withTransport({ url, transport, log }: TransportSettings): (next: FetchLike) => FetchLike {
  return (next) => {
    if (transport === 'http') return next
    let spoken: 'http' | 'sse' | undefined = transport === 'sse' ? 'sse' : undefined
    let httpSse: Promise<HttpSse> | undefined
    const load = (): Promise<HttpSse> =>
      (httpSse ??= import('./http-sse-fetch.js').then((room) => room.createHttpSse({ url, fetch: next, log })))

    const find = async (input: string | URL, init?: RequestInit): Promise<Response> => {
      const response = await next(input, init)
      if (!init || !initializeIn(init)) return response
      if (response.ok && /^(?:application\/json|text\/event-stream)$/.test(contentType(response))) spoken = 'http'
      if (!mayBeHttpSse(response.status)) return response
      const answer = await (await load()).probe(init)
      if (!answer) return response
      void response.body?.cancel().catch(() => undefined)
      if (answer.ok) {
        spoken = 'sse'
        log.detail('the server speaks the old HTTP+SSE transport')
      }
      return answer
    }

    return (input, init) => {
      if (spoken === 'http') return next(input, init)
      if (spoken === 'sse') return load().then(({ fetch }) => fetch(input, init))
      return find(input, init)
    }
  }
}
