import { notSentHeader } from '../fleet/round-robin-proxy.js'
import type { WireRecord } from '../judge/history.js'

/** Under it a request carries the key of the operation it is sent for. */
export const keyInMeta = 'kill-test/key'

/** What the event ids of the standalone stream begin with, so that a resumption can be told to be of which stream. */
const standaloneEvents = '_GET_stream~'

/** Failures before anything was sent. */
const neverSent = new Set(['ECONNREFUSED', 'UND_ERR_CONNECT_TIMEOUT'])

/**
 * The platform's fetch, watched: what is asked and answered is written down and passed on, byte for byte. It retries and
 * hides nothing.
 */
export function watchedFetch(
  session: string,
  wire: WireRecord[],
  told: {
    /** An answer begins, goes on or is over. */
    readonly onChange: (record: WireRecord) => void
    /** The client was told the id of its session. */
    readonly onSessionId: (sessionId: string) => void
  },
) {
  const { onChange } = told
  return async (input: string | URL, init: RequestInit = {}): Promise<Response> => {
    const method = init.method ?? 'GET'
    const record: WireRecord = {
      session,
      method,
      ...subjectOf(method, init),
      startedAt: Date.now(),
      isNotSent: false,
      bytes: 0,
      ending: 'open',
    }
    wire.push(record)
    const end = (ending: WireRecord['ending']) => {
      // A body that was cancelled fails once more.
      if (record.endedAt !== undefined) return
      record.ending = ending
      record.endedAt = Date.now()
      onChange(record)
    }
    let response: Response
    try {
      response = await fetch(input, init)
    } catch (error) {
      record.isNotSent = neverSent.has(codeOf(error))
      end('broken')
      throw error
    }
    record.status = response.status
    record.answeredAt = Date.now()
    record.isNotSent = response.headers.has(notSentHeader)
    const sessionId = response.headers.get('mcp-session-id')
    if (sessionId !== null) told.onSessionId(sessionId)
    onChange(record)
    if (response.body === null) {
      end('ended')
      return response
    }
    const { status, headers } = response
    return new Response(watched(response.body, record, onChange, end), { status, headers })
  }
}

function watched(
  body: ReadableStream<Uint8Array>,
  record: WireRecord,
  onChange: (record: WireRecord) => void,
  end: (ending: WireRecord['ending']) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (done) {
          end('ended')
          controller.close()
          return
        }
        record.bytes += value.byteLength
        onChange(record)
        controller.enqueue(value)
      } catch (error) {
        end('broken')
        controller.error(error)
      }
    },
    async cancel(reason) {
      end('ended')
      await reader.cancel(reason)
    },
  })
}

function subjectOf(method: string, { body, headers }: RequestInit): Pick<WireRecord, 'what' | 'key'> {
  if (method === 'GET') {
    const lastEventId = new Headers(headers).get('last-event-id')
    const isStandalone = lastEventId === null || lastEventId.startsWith(standaloneEvents)
    return { what: isStandalone ? 'standalone stream' : 'call stream' }
  }
  if (typeof body !== 'string') return { what: 'session' }
  const message = JSON.parse(body) as { method?: string; params?: WithMeta; result?: WithMeta }
  const key = (message.params ?? message.result)?._meta?.[keyInMeta]
  return { what: message.method ?? 'answer', ...(typeof key === 'string' ? { key } : {}) }
}

interface WithMeta {
  readonly _meta?: Record<string, unknown>
}

function codeOf(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code !== undefined) return code
  }
  return ''
}
