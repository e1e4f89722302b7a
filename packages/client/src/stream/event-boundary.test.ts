import fc from 'fast-check'
import { expect, it } from 'vitest'
import { carriesMessage, eventReader, type StreamEvent } from '../wire/sse.js'
import { EventBoundary } from './event-boundary.js'

const bytes = (text: string) => new TextEncoder().encode(text)

const after = (...texts: string[]) => {
  const boundary = new EventBoundary()
  for (const text of texts) boundary.push(bytes(text))
  return boundary
}

it.each([
  ['', true],
  ['data: 1\n\n', true],
  ['data: 1\r\n\r\n', true],
  ['data: 1\r\r', true],
  [': ping\n\n', true],
  ['data: 1\n', false],
  ['data: 1\r\n', false],
  ['data: 1', false],
  ['data: 1\n\nd', false],
])('%j is between events: %s', (text, expected) => {
  expect(after(text).isBetweenEvents).toBe(expected)
  expect(after(...text.split('')).isBetweenEvents).toBe(expected)
})

const field = fc.constantFrom('data: {"a":1}', 'id: 5', 'event: message', 'retry: 3', ': hello', 'data: é', 'dat', 'id')
const line = fc.tuple(field, fc.constantFrom('\n', '\r\n', '\r')).map(([text, end]) => text + end)
const event = fc
  .tuple(fc.array(line, { minLength: 1, maxLength: 4 }), fc.constantFrom('\n', '\r\n'))
  .map(([lines, end]) => lines.join('') + end)

it('makes an event that broke off at any byte harmless, and leaves what follows whole', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 4 }), fc.nat(), (events, place) => {
      const whole = bytes(events.join(''))
      const cut = whole.slice(0, place % (whole.length + 1))
      const decoder = new TextDecoder()
      const read = (...chunks: Uint8Array[]) => {
        const seen: StreamEvent[] = []
        const reader = eventReader({ onEvent: (each) => seen.push(each) })
        for (const chunk of chunks) reader.feed(decoder.decode(chunk, { stream: true }))
        reader.feed(decoder.decode())
        return seen.filter(carriesMessage)
      }
      const boundary = new EventBoundary()
      boundary.push(cut)
      if (boundary.isHalfALineEnd) boundary.push(bytes('\n'))
      // A carriage return may be half a line's end: what follows says so.
      const complete = read(cut, bytes(cut.at(-1) === 13 ? '\n' : ''))
      const next = 'id: 9\ndata: next\n\n'
      expect(read(cut, bytes(cut.at(-1) === 13 ? '\n' : ''), bytes(boundary.discardingText + next))).toEqual([
        ...complete,
        { id: '9', data: 'next', event: undefined },
      ])
    }),
    { numRuns: 1000 },
  )
})
