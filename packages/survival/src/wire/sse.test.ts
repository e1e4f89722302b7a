import fc from 'fast-check'
import { expect, it } from 'vitest'
import { encodeSse, sseMessage, sseReader } from './sse.js'
import type { SseEvent } from './sse.js'

const line = fc.string().map((text) => text.replace(/[\r\n\0]/g, ''))

it('reads what it encodes, however the bytes are cut', () => {
  const event = fc.record(
    { data: fc.array(line, { minLength: 1, maxLength: 3 }).map((lines) => lines.join('\n')), event: line, id: line },
    { requiredKeys: ['data'] },
  )
  fc.assert(
    fc.property(fc.array(event), fc.nat({ max: 20 }), (events, size) => {
      const seen: SseEvent[] = []
      const feed = sseReader((one) => seen.push(one))
      const text = events.map(encodeSse).join(': a comment\n\n')
      for (let start = 0; start < text.length; start += size + 1) feed(text.slice(start, start + size + 1))
      expect(seen).toEqual(events)
    }),
  )
})

it('writes a message as one frame', () => {
  expect(sseMessage({ a: 1 }, '5')).toBe('event: message\nid: 5\ndata: {"a":1}\n\n')
})

it('does not hold an event without end', () => {
  expect(() => {
    sseReader(() => undefined)(`data: ${'x'.repeat(5 * 1024 * 1024)}`)
  }).toThrow(RangeError)
})
