import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { joined } from './byte-text.js'
import { EventScanner, type EventData, type LineKind } from './event-scanner.js'
import { eventReader, type StreamEvent } from './sse.js'

/** Data as text, taken as every reader of data takes it. */
class DataText implements EventData {
  #pieces: Uint8Array[] = []

  push(bytes: Uint8Array, start: number, end: number): number {
    const at = bytes.subarray(start, end).findIndex((byte) => byte === 0x0a || byte === 0x0d)
    const stop = at < 0 ? end : start + at
    this.#pieces.push(bytes.slice(start, stop))
    return stop
  }

  lineBreak(): void {
    this.#pieces.push(Uint8Array.of(0x0a))
  }

  get text(): string {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(joined([new Uint8Array(), ...this.#pieces]))
  }
}

/** What is told of the bytes of a stream that comes in pieces of the given lengths, over and over. */
function scan(bytes: Uint8Array, lengths: readonly number[] = [bytes.length + 1]) {
  const told: (StreamEvent | number)[] = []
  const lines: { kind: LineKind; bytes: Uint8Array }[] = []
  const scanner = new EventScanner({
    readData: () => new DataText(),
    onEvent: ({ id, event, data }) => told.push({ id, event, data: data.text }),
    onRetry: (ms) => told.push(ms),
    onBytes: (kind, piece) => lines.push({ kind, bytes: piece }),
    onLineEnd: (kind) => lines.push({ kind, bytes: bytesOf('\n') }),
  })
  let position = 0
  for (let turn = 0; position < bytes.length; turn++) {
    const length = lengths[turn % lengths.length] ?? 1
    scanner.push(bytes.slice(position, position + length))
    position += length
  }
  return { told, lines, scanner }
}

/** What the parser that clients use tells of them. */
function parse(bytes: Uint8Array): (StreamEvent | number)[] {
  const told: (StreamEvent | number)[] = []
  const reader = eventReader({ onEvent: (event) => told.push(event), onRetry: (ms) => told.push(ms) })
  reader.feed(new TextDecoder().decode(bytes))
  return told
}

const encoder = new TextEncoder()
const bytesOf = (text: string) => encoder.encode(text)
const joinedLines = (lines: readonly { bytes: Uint8Array }[]) =>
  joined([new Uint8Array(), ...lines.map(({ bytes }) => bytes)])

const field = fc.constantFrom(
  ...['data: {"a":1}', 'data:', 'data', 'data:  two', 'data: é€😀', 'id: 5', 'id', 'id: ', 'id: a\0b', 'id:\uFEFF'],
  ...['event: message', 'event: other', 'event:', 'retry: 3', 'retry: x', 'retry', ': hello', ':', 'dat', 'datas: 1'],
  ...[' data: 1', 'Data: 1', 'events: 1', 'unknown: \u0080', 'é: 1', `data: ${'long '.repeat(20)}`, ''],
)
const end = fc.constantFrom('\n', '\r\n', '\r')
const stream = fc
  .tuple(fc.constantFrom('', '', '\uFEFF', '\uFEFF\uFEFF'), fc.array(fc.tuple(field, end), { maxLength: 12 }), field)
  .map(([mark, lines, rest]) => bytesOf(mark + lines.flat().join('') + rest))
const someBytes = fc
  .array(fc.constantFrom(0xef, 0xbb, 0xbf, 0x0a, 0x0d, 0x3a, 0x20, 0x64, 0x61, 0x74, 0x69, 0xc3, 0xff, 0x00), {
    maxLength: 20,
  })
  .map((list) => Uint8Array.from(list))
const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 })

describe('the scanner of event streams', () => {
  it('tells of a stream what the parser that clients use tells, however it is cut', () => {
    fc.assert(
      fc.property(fc.oneof(stream, someBytes), cuts, (bytes, lengths) => {
        // A parser waits for what follows a carriage return; here it is known to be the end of a line.
        expect(scan(bytes, lengths).told).toEqual(parse(bytes.at(-1) === 0x0d ? joined([bytes, bytesOf('x')]) : bytes))
      }),
      { numRuns: 3_000 },
    )
  })

  it('hands out every byte once, but a byte order mark, line by line', () => {
    fc.assert(
      fc.property(stream, cuts, (bytes, lengths) => {
        const closed = joined([bytes, bytesOf('\n')])
        const text = new TextDecoder().decode(closed).replaceAll(/\r\n?/g, '\n')
        const { lines } = scan(closed, lengths)
        const textIn = (some: typeof lines) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(joinedLines(some))
        expect(textIn(lines)).toBe(text)
        const ids = lines.filter(({ kind }) => kind === 'id')
        expect(textIn(ids)).toBe((text.match(/^id(?::.*)?\n/gm) ?? []).join(''))
      }),
      { numRuns: 1_000 },
    )
  })

  it('knows where something may be put in: there it breaks nothing', () => {
    fc.assert(
      fc.property(stream, cuts, fc.nat(), (bytes, lengths, place) => {
        const cut = bytes.subarray(0, place % (bytes.length + 1))
        // In front of a byte order mark nobody knows that it comes.
        if (cut.length === 0 || !scan(cut, lengths).scanner.isBetweenEvents) return
        const own = bytesOf('data: own\n\n')
        const whole = parse(joined([cut, own, bytes.subarray(cut.length), bytesOf('x')]))
        expect(whole.filter((event) => typeof event === 'number' || event.data !== 'own')).toEqual(
          parse(joined([bytes, bytesOf('x')])),
        )
        expect(whole).toContainEqual({ data: 'own', id: undefined, event: undefined })
      }),
      { numRuns: 1_000 },
    )
  })

  it('takes an id or a type that is too long for none', () => {
    const long = 'x'.repeat(20_000)
    for (const lengths of [[100_000], [1_000]]) {
      const { told } = scan(bytesOf(`id: ${long}\nevent: ${long}\ndata: 1\n\n`), lengths)
      expect(told).toEqual([{ id: undefined, event: '(too long)', data: '1' }])
    }
  })
})
