import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJson } from '../message.js'
import { type JsonOutline, JsonScanner } from './json-scanner.js'

const names = ['id', 'result', 'jsonrpc']

interface Scan {
  readonly end: JsonOutline | 'cut off' | 'no JSON'
  readonly bytes: Buffer
}

/** Scans a text in pieces of the given lengths, over and over. */
function scan(text: string, lengths: readonly number[] = [text.length + 1]): Scan {
  const scanner = new JsonScanner(names)
  const bytes = Buffer.from(text)
  let position = 0
  for (let turn = 0; position < bytes.length; turn++) {
    const piece = bytes.subarray(position, position + (lengths[turn % lengths.length] ?? 1))
    position += piece.length
    if (!scanner.push(piece)) break
  }
  return { end: scanner.end(), bytes }
}

const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 })
const space = fc.stringMatching(/^[ \t\r\n]{0,3}$/)

/** Messages as servers write them, and worse: names twice, escaped names, white space anywhere. */
const message = fc
  .array(
    fc.tuple(
      fc.constantFrom('"id"', '"\\u0069d"', '"result"', '"jsonrpc"', '"other"', '""', `"${'n'.repeat(100)}"`),
      fc.oneof(fc.json({ maxDepth: 3 }), fc.constantFrom('1E+2', '-0', '0.10e-5', '12345678901234567890', '"\\\\\\""')),
      space,
    ),
    { maxLength: 6 },
  )
  .map((members) => `{${members.map(([name, value, s]) => `${s}${name}${s}:${s}${value}${s}`).join(',')}}`)

const brokenJson = fc
  .tuple(
    message,
    fc.nat(),
    fc.constantFrom('', ' ', ',', '"', '\\', '}', ']', '[', '0', '.', 'e', '-', 'u', '\u0000', 'é', 'true'),
  )
  .map(([text, at, character]) => {
    const position = at % (text.length + 1)
    return text.slice(0, position) + character + text.slice(position + 1)
  })

describe('the scanner', () => {
  it('takes for JSON what JSON.parse does, however it is cut', () => {
    fc.assert(
      fc.property(fc.oneof(message, fc.json(), brokenJson, fc.string()), cuts, (text, lengths) => {
        const { end } = scan(text, lengths)
        expect(typeof end === 'object').toBe(parseJson(text) !== undefined)
      }),
      { numRuns: 3_000 },
    )
  })

  it('finds the members that JSON.parse finds, and leaves no line break', () => {
    fc.assert(
      fc.property(message, cuts, (text, lengths) => {
        const { end, bytes } = scan(text, lengths)
        if (typeof end === 'string') throw new Error(end)
        expect(bytes.toString()).not.toMatch(/[\r\n]/)
        const parsed = JSON.parse(text) as Record<string, unknown>
        expect(JSON.parse(bytes.toString())).toEqual(parsed)
        const found = Object.fromEntries(
          [...end.members].map(([name, place]) => {
            expect(bytes[place.start]).toBe(place.first)
            return [name, JSON.parse(bytes.toString('utf8', place.start, place.end)) as unknown]
          }),
        )
        expect(found).toEqual(Object.fromEntries(Object.entries(parsed).filter(([name]) => names.includes(name))))
      }),
      { numRuns: 1_000 },
    )
  })

  it('waits for the rest of what may become JSON', () => {
    fc.assert(
      fc.property(message, fc.nat(), (text, at) => {
        expect(scan(text.slice(0, at % text.length)).end).toBe('cut off')
      }),
    )
  })

  it.each([
    ['{}', 'object'],
    ['[{"id":1}]', 'array'],
    ['"a\\u00e9"', 'other'],
    [' -1.5e+3 ', 'other'],
    ['null\n', 'other'],
  ])('tells what %s is', (text, kind) => {
    expect(scan(text, [1]).end).toMatchObject({ kind })
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
  ])('takes %s for none', (text) => {
    expect(parseJson(text)).toBeUndefined()
    expect(scan(text, [1]).end).toBe('no JSON')
    expect(scan(text).end).toBe('no JSON')
  })

  it('goes as deep as any message, and has an end', () => {
    const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`
    expect(scan(nested(1_000_000)).end).toMatchObject({ kind: 'array' })
    expect(scan(nested(1_000_001)).end).toBe('no JSON')
  })
})
