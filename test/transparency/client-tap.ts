import type { FetchLike } from '@mcp-tether/client'
import { legible } from './bytes.js'
import { Changes } from './changes.js'

/** One answer as the SDK got it. */
export interface SeenAnswer {
  method: string
  path: string
  status: number | undefined
  statusText: string
  headers: string[]
  url: string
  redirected: boolean
  body: string
  /** How far the SDK's reading came. */
  end: 'no answer' | 'no body' | 'unread' | 'reading' | 'whole' | 'cancelled' | 'broken' | 'not fetched'
  error: string
}

/** Whether no more of it will be read. What the SDK left unread stays so. */
export function hasEnded({ end }: Pick<SeenAnswer, 'end'>): boolean {
  return end !== 'no answer' && end !== 'reading'
}

/** The outermost layer of a client's fetch: notes each answer, and each byte that the SDK reads of it. */
export class ClientTap extends Changes {
  readonly #answers: (SeenAnswer & { chunks: Uint8Array[] })[] = []

  /** In the order of the requests. */
  get answers(): SeenAnswer[] {
    return this.#answers.map(({ chunks, ...answer }) => ({ ...answer, body: legible(chunks) }))
  }

  get isQuiet(): boolean {
    return this.#answers.every(hasEnded)
  }

  wrap(inner: FetchLike): FetchLike {
    return async (input, init) => {
      const url = new URL(input)
      const seen = {
        ...{ method: init?.method ?? 'GET', path: url.pathname + url.search, status: undefined as number | undefined },
        ...{ statusText: '', headers: [] as string[], url: '', redirected: false, body: '', error: '' },
        end: 'no answer' as SeenAnswer['end'],
        chunks: [] as Uint8Array[],
      }
      this.#answers.push(seen)
      try {
        const response = await inner(input, init)
        seen.status = response.status
        seen.statusText = response.statusText
        // The only header whose value is another one in every run.
        seen.headers = [...response.headers].filter(([name]) => name !== 'date').map((header) => header.join(': '))
        seen.url = response.url
        seen.redirected = response.redirected
        seen.end = response.body ? 'unread' : 'no body'
        return response.body ? this.#observed(response, response.body, seen) : response
      } catch (error) {
        seen.end = 'not fetched'
        seen.error = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
        throw error
      } finally {
        this.changed()
      }
    }
  }

  #observed(
    { status, statusText, headers }: Response,
    body: ReadableStream<Uint8Array>,
    seen: { end: SeenAnswer['end']; chunks: Uint8Array[]; error: string },
  ): Response {
    const reader = body.getReader()
    const ended = (end: SeenAnswer['end']): void => {
      // A reading that is under way when the SDK cancels it comes back once more.
      if (seen.end === 'unread' || seen.end === 'reading') seen.end = end
      this.changed()
    }
    const observed = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          seen.end = 'reading'
          try {
            const { done, value } = await reader.read()
            if (done) {
              ended('whole')
              controller.close()
            } else {
              seen.chunks.push(value)
              controller.enqueue(value)
            }
          } catch (error) {
            seen.error = error instanceof Error ? error.name : String(error)
            ended('broken')
            throw error
          }
        },
        async cancel(reason) {
          ended('cancelled')
          await reader.cancel(reason)
        },
      },
      { highWaterMark: 0 },
    )
    return new Response(observed, { status, statusText, headers })
  }
}
