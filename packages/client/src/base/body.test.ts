import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { observeBody, peekBody, withHeaders } from './body.js'

const never = new AbortController().signal

const streamOf = (chunks: Uint8Array[], end: 'close' | 'error' | 'open' = 'close') => {
  let index = 0
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = chunks[index++]
      if (chunk) controller.enqueue(chunk)
      else if (end === 'close') controller.close()
      else if (end === 'error') controller.error(new Error('cut'))
      // A body that stays silent: this pull never resolves.
      else return new Promise<void>(() => undefined)
      return undefined
    },
  })
}

const bytes = (text: string) => new TextEncoder().encode(text)

describe('peekBody', () => {
  it('gives the reader every byte, whatever was peeked', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 20 })),
        fc.integer({ min: 1, max: 60 }),
        async (chunks, limit) => {
          const { response } = await peekBody(new Response(streamOf(chunks), { status: 404 }), limit, never)
          const all = chunks.flatMap((chunk) => [...chunk])
          expect([...new Uint8Array(await response.arrayBuffer())]).toEqual(all)
        },
      ),
    )
  })

  it('reads no more than the limit asks for', async () => {
    let pulled = 0
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled++
          controller.enqueue(new Uint8Array(1000))
        },
      },
      { highWaterMark: 0 },
    )
    const { text } = await peekBody(new Response(body), 2500, never)
    expect(text).toHaveLength(3000)
    expect(pulled).toBe(3)
  })

  it('stops waiting when told to, and loses nothing', async () => {
    const waiting = new AbortController()
    let release: () => void = () => undefined
    let pulls = 0
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          if (pulls++ === 0) {
            controller.enqueue(bytes('first '))
            return undefined
          }
          // The rest is late: the one who waits for it is told to stop.
          waiting.abort()
          return new Promise<void>((resolve) => {
            release = () => {
              controller.enqueue(bytes('second'))
              controller.close()
              resolve()
            }
          })
        },
      },
      { highWaterMark: 0 },
    )
    const { text, response } = await peekBody(new Response(body), 1000, waiting.signal)
    expect(text).toBe('first ')
    release()
    expect(await response.text()).toBe('first second')
  })

  it('breaks off where the body breaks off', async () => {
    const { text, response } = await peekBody(new Response(streamOf([bytes('half')], 'error')), 1000, never)
    expect(text).toBe('half')
    await expect(response.text()).rejects.toThrow('cut')
  })

  it('lets go of the body when its reader does', async () => {
    let cancelled: unknown
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(bytes('x'.repeat(10)))
      },
      cancel(reason) {
        cancelled = reason
      },
    })
    const { response } = await peekBody(new Response(body), 5, never)
    await response.body?.cancel('enough')
    expect(cancelled).toBe('enough')
  })
})

describe('observeBody', () => {
  it('shows every chunk and the end, and changes none', async () => {
    const seen: string[] = []
    const response = observeBody(
      new Response(streamOf([bytes('a'), bytes('b')])),
      (chunk) => seen.push(new TextDecoder().decode(chunk)),
      () => seen.push('end'),
    )
    expect(await response.text()).toBe('ab')
    expect(seen).toEqual(['a', 'b', 'end'])
  })
})

describe('a rebuilt response', () => {
  it('keeps its status, url and headers; a status without a body has none', async () => {
    const original = new Response('body', { status: 418, statusText: 'Teapot' })
    Object.defineProperty(original, 'url', { value: 'http://h/mcp' })
    const rebuilt = withHeaders(original, new Headers({ a: '1' }))
    expect([rebuilt.status, rebuilt.statusText, rebuilt.url, rebuilt.headers.get('a')]).toEqual([
      418,
      'Teapot',
      'http://h/mcp',
      '1',
    ])
    expect(await rebuilt.text()).toBe('body')
    expect(withHeaders(new Response(null, { status: 204 }), new Headers()).body).toBeNull()
  })

  it('leaves an opaque one alone', () => {
    const opaque = Response.error()
    expect(withHeaders(opaque, new Headers())).toBe(opaque)
  })
})
