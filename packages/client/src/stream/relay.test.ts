import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { joined } from '../wire/byte-text.js'
import { eventReader, isMessageType, type StreamEvent } from '../wire/sse.js'
import type { SeenEvent } from './event-rules.js'
import { PassingRelay } from './passing-relay.js'
import type { EventJudge, Relay } from './relay.js'
import { RewritingRelay } from './rewriting-relay.js'
import { readServerMessages } from './server-message.js'

const encoder = new TextEncoder()
const bytesOf = (text: string) => encoder.encode(text)

/** What a client that reads some bytes one after the other has of them. */
function clientOf(): { read: (bytes: Uint8Array) => void; events: StreamEvent[] } {
  const events: StreamEvent[] = []
  const decoder = new TextDecoder()
  const reader = eventReader({ onEvent: (event) => events.push(event) })
  return {
    events,
    read: (bytes) => {
      reader.feed(decoder.decode(bytes, { stream: true }))
    },
  }
}

function eventsIn(...pieces: Uint8Array[]): StreamEvent[] {
  const { events, read } = clientOf()
  for (const piece of pieces) read(piece)
  return events
}

function retriesIn(bytes: Uint8Array): number {
  let count = 0
  eventReader({ onEvent: () => undefined, onRetry: () => count++ }).feed(new TextDecoder().decode(bytes))
  return count
}

const messagesIn = ({ event, data }: StreamEvent) =>
  data !== '' && isMessageType(event) ? readServerMessages(data) : []

/** What comes of bytes in pieces of the given lengths, over and over. */
function through(relay: Relay, bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const out: Uint8Array[] = []
  let position = 0
  for (let turn = 0; position < bytes.length; turn++) {
    const length = lengths[turn % lengths.length] ?? 1
    out.push(relay.push(bytes.slice(position, position + length)))
    position += length
  }
  return out
}

const message = fc.constantFrom(
  '{"jsonrpc":"2.0","id":1,"result":{"text":"a long answer, longer than what is held"}}',
  '{"result":{"content":[{"type":"text","text":"its id comes last, é€😀"}]},"jsonrpc":"2.0","id":2}',
  '{"id":3,"error":{"code":1,"message":"\\n"}}',
  '{"id":0,"method":"roots/list"}',
  '{"method":"sampling/createMessage","params":{"text":"a long question of the server’s"},"id":"q"}',
  '{"result":{"text":"a question after all, which says so late"},"id":5,"method":"ping"}',
  '{"method":"notifications/cancelled","params":{"requestId":0,"reason":"why not, let it be long"}}',
  '{"method":"notifications/progress","params":{"progressToken":1,"progress":2,"message":"further and further"}}',
  '{"method":"notifications/message","params":{"level":"info","data":"something that is longer"}}',
  '[{"id":1,"result":{}},{"id":0,"method":"roots/list"}]',
  '{"id":1,"result":{},"id":9}',
  '{"id":1,"result":{}',
  'no JSON at all, and no end of it for some time',
  '',
)
const other = fc.constantFrom('event: message', 'event: other', 'id: 5', 'id: ', 'retry: 3', ': hello', 'unknown', 'id')
const dataLines = message.map((text) => text.replaceAll(/([{,])(?="m)/g, '$1\ndata: ')).map((text) => `data: ${text}`)
const line = fc.oneof(dataLines, dataLines, other)
const lineEnd = fc.constantFrom('\n', '\r\n', '\r')
const event = fc
  .tuple(fc.array(line, { minLength: 1, maxLength: 4 }), lineEnd)
  .map(([lines, end]) => [...lines, '', ''].join('\n').replaceAll('\n', end))
const stream = fc.array(event, { maxLength: 4 }).map((events) => bytesOf(events.join('')))
const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })

describe('bytes that pass as they are', () => {
  it('are seen as what a client will read, however they are cut', () => {
    fc.assert(
      fc.property(stream, cuts, (bytes, lengths) => {
        const seen: SeenEvent[] = []
        const relay = new PassingRelay({ judge: (each) => void seen.push(each), onRetry: () => undefined })
        expect(joined([new Uint8Array(), ...through(relay, bytes, lengths)])).toEqual(bytes)
        // A parser waits for what follows a carriage return.
        const read = eventsIn(bytes, bytesOf('x\n'))
        expect(seen).toEqual(read.map((each) => ({ id: each.id, messages: messagesIn(each) })))
      }),
      { numRuns: 1_000 },
    )
  })

  it('are seen in the same way where whole events come at once, between others that are cut', () => {
    const part = fc.tuple(fc.constantFrom('', '', '', '\uFEFF'), event, fc.boolean())
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), cuts, (parts, lengths) => {
        const seen: SeenEvent[] = []
        const retries: number[] = []
        const relay = new PassingRelay({
          judge: (each) => void seen.push(each),
          onRetry: (ms) => void retries.push(ms),
        })
        for (const [mark, text, isCut] of parts) {
          const bytes = bytesOf(mark + text)
          expect(joined([new Uint8Array(), ...through(relay, bytes, isCut ? lengths : [bytes.length])])).toEqual(bytes)
        }
        const whole = bytesOf(parts.map(([mark, text]) => mark + text).join(''))
        const read = eventsIn(whole, bytesOf('x\n'))
        expect(seen).toEqual(read.map((each) => ({ id: each.id, messages: messagesIn(each) })))
        expect(retries).toHaveLength(retriesIn(whole))
      }),
      { numRuns: 1_000 },
    )
  })

  it('are made harmless when they break off within an event, and what follows is whole', () => {
    fc.assert(
      fc.property(stream, cuts, fc.nat(), (whole, lengths, place) => {
        const cut = whole.slice(0, place % (whole.length + 1))
        let complete = 0
        const count = () => {
          complete++
          return undefined
        }
        const relay = new PassingRelay({ judge: count, onRetry: () => undefined })
        const out = through(relay, cut, lengths)
        const next = bytesOf('id: 9\ndata: next\n\n')
        expect(eventsIn(...out, relay.end(), next).filter(isForClient)).toEqual([
          ...eventsIn(whole, bytesOf('x\n')).slice(0, complete).filter(isForClient),
          { id: '9', data: 'next', event: undefined },
        ])
      }),
      { numRuns: 1_000 },
    )
  })
})

/** Clients pass over types that they do not know. */
function isForClient({ event }: StreamEvent): boolean {
  return event !== 'mcp-tether-broken-off'
}

/** Lets pass all but some events, with other ids, and other data where a server’s own ids are in them. */
function changing(dropped: ReadonlySet<number>): EventJudge & { readonly change: (event: StreamEvent) => StreamEvent } {
  let turn = 0
  const rewrites = (messages: SeenEvent['messages']) => messages.some(({ kind }) => kind === 'question')
  const outward = (id: string | undefined) => (id ? `e2.${id}` : id)
  return {
    judge: ({ id, messages }) =>
      dropped.has(turn++)
        ? undefined
        : { id: outward(id), rewrite: rewrites(messages) ? (data) => `rewritten ${data}` : undefined },
    onRetry: () => undefined,
    change: (each) => ({
      ...each,
      id: outward(each.id),
      data: rewrites(messagesIn(each)) ? `rewritten ${each.data}` : each.data,
    }),
  }
}

describe('an event that is written anew', () => {
  const drops = fc.uniqueArray(fc.nat(3)).map((list) => new Set(list))

  it('has the ids that the client may know, and its data as they were, or does not come', () => {
    fc.assert(
      fc.property(stream, cuts, drops, (bytes, lengths, dropped) => {
        const judge = changing(dropped)
        const relay = new RewritingRelay(judge)
        const expected = eventsIn(bytes, bytesOf('x\n')).filter((_each, at) => !dropped.has(at))
        const out = eventsIn(...through(relay, bytes, lengths))
        expect(out).toEqual(expected.map(judge.change))
        expect(relay.end()).toHaveLength(0)
      }),
      { numRuns: 1_000 },
    )
  })

  it('is the same to a client when it is too long to wait for its end, or does not come', () => {
    fc.assert(
      fc.property(stream, cuts, drops, fc.nat(60), (bytes, lengths, dropped, maxBytes) => {
        const judge = changing(dropped)
        const relay = new RewritingRelay(judge, maxBytes)
        const expected = eventsIn(bytes, bytesOf('x\n')).filter((_each, at) => !dropped.has(at))
        const out = eventsIn(...through(relay, bytes, lengths)).filter(isForClient)
        expect(out.flatMap(messagesIn).map(({ kind }) => kind)).not.toContain('question')
        // Whoever says only at the end that it is a question may have said it too late.
        const mayComeNot = ({ data }: StreamEvent) => /question after all|^rewritten/.test(data)
        expect(out.filter((each) => !mayComeNot(each))).toEqual(
          expected.map(judge.change).filter((each) => !mayComeNot(each)),
        )
        expect(expected.map(judge.change)).toEqual(expect.arrayContaining(out))
      }),
      { numRuns: 2_000 },
    )
  })

  it('is made harmless when it breaks off, and what follows is whole', () => {
    fc.assert(
      fc.property(stream, cuts, fc.nat(), fc.nat(60), (whole, lengths, place, maxBytes) => {
        const cut = whole.slice(0, place % (whole.length + 1))
        let complete = 0
        const judge = {
          judge: ({ id }: SeenEvent) => (complete++, { id, rewrite: undefined }),
          onRetry: () => undefined,
        }
        const relay = new RewritingRelay(judge, maxBytes)
        const out = through(relay, cut, lengths)
        const next = bytesOf('id: 9\ndata: next\n\n')
        expect(eventsIn(...out, relay.end(), next).filter(isForClient)).toEqual([
          ...eventsIn(whole, bytesOf('x\n')).slice(0, complete).filter(isForClient),
          { id: '9', data: 'next', event: undefined },
        ])
      }),
      { numRuns: 1_000 },
    )
  })

  it('is written as servers write it, with the id where it was', () => {
    const relay = new RewritingRelay({ judge: ({ id }) => ({ id, rewrite: undefined }), onRetry: () => undefined })
    const text = 'event: message\nid: 5\ndata: {"id":1,\ndata: "result":{}}\n\ndata: 1\nid: 6\n\n'
    expect(new TextDecoder().decode(relay.push(bytesOf(text)))).toBe(text)
  })

  it('lets comments pass at once, and something else in between where that breaks nothing', () => {
    const relay = new RewritingRelay(changing(new Set()))
    const out = [relay.push(bytesOf(': stay aw'))]
    expect(relay.isBetweenEvents).toBe(false)
    out.push(relay.push(bytesOf('ake\n')))
    expect(relay.isBetweenEvents).toBe(true)
    out.push(relay.push(bytesOf('\ndata: 1\n')), relay.push(bytesOf(': here\n')))
    expect(relay.isBetweenEvents).toBe(true)
    out.push(relay.push(bytesOf('\n')))
    expect(new TextDecoder().decode(joined(out))).toBe(': stay awake\n\ndata: 1\n: here\n\n')
  })

  const long = 'x'.repeat(100_000)

  it.each([
    ['an answer', `{"jsonrpc":"2.0","id":1,"result":"${long}`, '"}'],
    ['an answer whose id comes last', `{"result":"${long}`, '","jsonrpc":"2.0","id":1}'],
    ['a notification', `{"method":"notifications/message","params":{"data":"${long}`, '"}}'],
    ['what is no message', long, ''],
  ])('passes as it comes when it is long: %s', (_what, beginning, end) => {
    const relay = new RewritingRelay(changing(new Set()))
    expect(relay.push(bytesOf(`id: 5\ndata: ${beginning}`)).byteLength).toBe(6 + beginning.length)
    expect(relay.isBetweenEvents).toBe(false)
    const more = relay.push(bytesOf(`${end}\n\n`))
    expect(new TextDecoder().decode(more)).toBe(`${end}\nid: e2.5\n\n`)
    expect(relay.isBetweenEvents).toBe(true)
  })

  it.each([
    ['a question', `{"method":"sampling/createMessage","params":"${long}`, '","id":0}'],
    ['a withdrawal', `{"method":"notifications/cancelled","params":{"reason":"${long}`, '","requestId":0}}'],
    ['a batch', `[{"id":1,"result":"${long}`, '"},{"id":2,"result":{}}]'],
    ['what nobody knows yet', `{"jsonrpc":"2.0","_meta":"${long}`, '","id":0,"method":"ping"}'],
  ])('is held when it may have to be changed: %s', (_what, beginning, end) => {
    const relay = new RewritingRelay(changing(new Set()))
    expect(relay.push(bytesOf(`data: ${beginning}`))).toHaveLength(0)
    expect(relay.push(bytesOf(`${end}\n\n`)).byteLength).toBeGreaterThan(beginning.length + end.length)
  })

  it('is held up to a limit, and nothing after it is looked at', () => {
    const relay = new RewritingRelay(changing(new Set()))
    relay.push(bytesOf('data: {"id":0,"method":"sampling/createMessage","params":"'))
    const piece = bytesOf('x'.repeat(1024 * 1024))
    for (let at = 0; at < 64; at++) relay.push(piece)
    expect(relay.overflowed).toBe(true)
    expect(relay.push(bytesOf('"}\n\n'))).toHaveLength(0)
  })

  it('is held piece by piece, however small they are', () => {
    const relay = new RewritingRelay(changing(new Set()))
    const lines = `data: [\nid: 5\n${'data: 1,\n'.repeat(20_000)}data: 2]\n\n`
    expect(eventsIn(relay.push(bytesOf(lines)))).toEqual(eventsIn(bytesOf(lines.replace('id: 5', 'id: e2.5'))))
  })
})
