import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scalarOf, wantedMembers, type JsonOutline, type JsonShape } from './json-outline.js'
import { isObject, parseJson } from './json-rpc.js'
import { JsonScanner } from './json-scanner.js'

const shape: JsonShape = { id: {}, result: {}, params: { token: {}, deep: { id: {} } } }
const wanted = wantedMembers(shape)

/** Scans bytes in pieces of the given lengths, over and over; with line breaks as white space. */
function scan(bytes: Uint8Array, lengths: readonly number[] = [bytes.length + 1]) {
  const scanner = new JsonScanner(wanted)
  let position = 0
  for (let turn = 0; position < bytes.length; turn++) {
    const length = lengths[turn % lengths.length] ?? 1
    // Not every piece begins where its buffer does.
    const piece = Uint8Array.from([0, 0, 0, ...bytes.subarray(position, position + length)]).subarray(turn % 4)
    position += length
    const skipped = 3 - (turn % 4)
    for (let at = skipped; at < piece.length; at++) {
      at = scanner.push(piece, at)
      if (at < piece.length) scanner.lineBreak()
    }
  }
  return { end: scanner.end(), length: scanner.length }
}

const encoder = new TextEncoder()
const bytesOf = (text: string) => encoder.encode(text)

/** The value that an outline is of, as far as it was asked for. */
function outlinedValue(outline: JsonOutline): unknown {
  const { first, members, elements } = outline
  if (elements) return elements.map(outlinedValue)
  if (first === 0x5b) return []
  if (first !== 0x7b) return scalarOf(outline)
  return Object.fromEntries([...(members ?? [])].map(([name, member]) => [name, outlinedValue(member)]))
}

/** What of a value the shape asks for. */
function asked(value: unknown, within: JsonShape | undefined, isRoot = true): unknown {
  if (Array.isArray(value)) return isRoot ? value.map((element) => asked(element, within, false)) : []
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(within ?? {})
      .filter(([name]) => Object.hasOwn(value, name))
      .map(([name, inner]) => [name, asked(value[name], inner, false)]),
  )
}

const cuts = fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 5 })
const space = fc.stringMatching(/^[ \t\r\n]{0,3}$/)
const names = ['id', '\\u0069d', 'result', 'params', 'p\\u0061rams', 'token', 'deep', 'other', '', 'n'.repeat(300)]
const longText = fc
  .array(fc.constantFrom('x'.repeat(50), '\\n', '\\"', 'é', '😀', '\\u00e9', ' ', '\\\\'), { maxLength: 8 })
  .map((parts) => `"${parts.join('')}"`)

/** Messages as servers write them, and worse: names twice, escaped names, white space anywhere. */
const { message } = fc.letrec<{ message: string; value: string }>((tie) => ({
  message: fc
    .array(fc.tuple(fc.constantFrom(...names), tie('value'), space), { maxLength: 6 })
    .map((members) => `{${members.map(([name, value, s]) => `${s}"${name}"${s}:${s}${value}${s}`).join(',')}}`),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(fc.json({ maxDepth: 2 }), fc.constantFrom('1E+2', '-0', '0.10e-5', '12345678901234567890'), longText),
    tie('message'),
  ),
}))
const batch = fc.array(message, { maxLength: 3 }).map((messages) => `[${messages.join(',')}]`)

const brokenJson = fc
  .tuple(
    fc.oneof(message, batch),
    fc.nat(),
    fc.constantFrom('', ' ', ',', '"', '\\', '}', ']', '[', '0', '.', 'e', '-', 'u', '\u0000', '\n', '\t', 'é', 'true'),
  )
  .map(([text, at, character]) => {
    const position = at % (text.length + 1)
    return text.slice(0, position) + character + text.slice(position + 1)
  })

function checkAgainstParse(bytes: Uint8Array, lengths: readonly number[]): void {
  const { end } = scan(bytes, lengths)
  const value = parseJson(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes))
  expect(typeof end === 'object').toBe(value !== undefined)
  if (typeof end === 'object') expect(outlinedValue(end)).toEqual(asked(value, shape))
}

describe('the scanner', () => {
  it('takes for JSON what JSON.parse does, and finds what is asked for, however it is cut', () => {
    fc.assert(
      fc.property(fc.oneof(message, batch, fc.json(), brokenJson, fc.string()), cuts, (text, lengths) => {
        checkAgainstParse(bytesOf(text), lengths)
      }),
      { numRuns: 3_000 },
    )
  })

  it('does so with bytes that are no UTF-8', () => {
    const someBytes = fc
      .array(fc.constantFrom('"', 'id":', '{', '}', 'a', 0x80, 0xbf, 0xc3, 0xe2, 0xf0, 0xff, 0x22, 0x7d), {
        maxLength: 12,
      })
      .map((parts) =>
        Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...bytesOf(part)]))),
      )
    fc.assert(
      fc.property(someBytes, cuts, (bytes, lengths) => {
        for (const each of [bytes, Uint8Array.from([...bytesOf('{"id":"'), ...bytes, ...bytesOf('"}')])]) {
          checkAgainstParse(each, lengths)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('knows where things are', () => {
    fc.assert(
      fc.property(message, cuts, (text, lengths) => {
        const bytes = bytesOf(text)
        const { end, length } = scan(bytes, lengths)
        if (typeof end === 'string') throw new Error(end)
        expect(length).toBe(bytes.length)
        const checkPlace = (outline: JsonOutline) => {
          expect(bytes[outline.start]).toBe(outline.first)
          const own = new TextDecoder().decode(bytes.subarray(outline.start, outline.end))
          expect(() => JSON.parse(own) as unknown).not.toThrow()
          if (outline.text !== undefined) expect(own).toBe(outline.text)
          for (const member of outline.members?.values() ?? []) checkPlace(member)
        }
        checkPlace(end)
        expect(end).toMatchObject({ start: 0, end: bytes.length })
      }),
    )
  })

  it('waits for the rest of what may become JSON', () => {
    fc.assert(
      fc.property(fc.oneof(message, batch), fc.nat(), (text, at) => {
        const bytes = bytesOf(text)
        expect(scan(bytes.subarray(0, at % bytes.length)).end).toBe('cut off')
      }),
    )
  })

  it.each([
    '{"a":01}',
    '{"a":1.}',
    '{"a":+1}',
    '{"a":.5}',
    '{"a":1e}',
    '{"a":"\\x"}',
    '{"a":"\\u12g4"}',
    '{"a":"\n"}',
    '{"a":tru}',
    '{"a":nul1}',
    '{"a":tr\nue}',
    '{a:1}',
    '{"a" 1}',
    '{"a":1,}',
    '[1,]',
    '[1 2]',
    '{"a":[}',
    '[}',
    '{} {}',
    '{}x',
    "{'a':1}",
    '[NaN]',
    '\ufeff{}',
  ])('takes %j for none', (text) => {
    expect(parseJson(text)).toBeUndefined()
    expect(scan(bytesOf(text), [1]).end).toBe('no JSON')
    expect(scan(bytesOf(text)).end).toBe('no JSON')
  })

  it('stops at a line break, and goes on after it, also when it is no JSON', () => {
    for (const text of ['{"id":\n1}', '{"id":"a\nb"}', 'no JSON\r at all']) {
      const bytes = bytesOf(text)
      const scanner = new JsonScanner(wanted)
      expect(scanner.push(bytes)).toBe(/[\r\n]/.exec(text)?.index)
    }
  })

  it('goes as deep as any message, and has an end', () => {
    const nested = (depth: number) => bytesOf(`${'['.repeat(depth)}${']'.repeat(depth)}`)
    expect(scan(nested(1_000_000)).end).toMatchObject({ first: 0x5b })
    expect(scan(nested(1_000_001)).end).toBe('no JSON')
  })

  it('holds no long value, and no more than so many elements', () => {
    const long = 'x'.repeat(70_000)
    for (const lengths of [[200_000], [1_000]]) {
      const { end } = scan(bytesOf(`{"id":"${long}","result":5,"${long}":1}`), lengths)
      expect(typeof end === 'object' && outlinedValue(end)).toEqual({ id: undefined, result: 5 })
    }
    const { end } = scan(bytesOf(`[${'{"id":1},'.repeat(2_000)}{}]`))
    expect(typeof end === 'object' && end.elements).toHaveLength(1_000)
  })
})
