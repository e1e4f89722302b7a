import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ContentDigest } from './content-digest.js'
import { contentHash } from './content-hash.js'

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_name, it: unknown) =>
    typeof it === 'object' && it !== null && !Array.isArray(it)
      ? Object.fromEntries(Object.entries(it).sort(([a], [b]) => (a < b ? -1 : 1)))
      : it,
  )

/** The same value after a server has written its members in another order. */
const reordered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reordered)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, it]) => [name, reordered(it)]),
  )
}

const digestOf = (items: readonly unknown[]) => {
  const digest = new ContentDigest()
  for (const item of items) digest.add(item)
  return digest
}

it('is the same for what says the same, and another for anything else', () => {
  const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown)
  fc.assert(
    fc.property(json, json, (a, b) => {
      expect(contentHash(reordered(a))).toEqual(contentHash(a))
      if (canonical(a) !== canonical(b)) expect(contentHash(a)).not.toEqual(contentHash(b))
    }),
    { numRuns: 2_000 },
  )
})

it.each([
  [
    ['ab', 'c'],
    ['a', 'bc'],
  ],
  [[['a'], 'b'], [['a', 'b']]],
  [{ a: 'b' }, ['a', 'b']],
  ['1', 1],
  [null, 'null'],
  [undefined, null],
  [{ a: {} }, { a: [] }],
])('tells %j from %j', (a, b) => {
  expect(contentHash(a)).not.toEqual(contentHash(b))
})

it('takes no harm from what is nested without end', () => {
  const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown
  expect(contentHash(deep)).toBeGreaterThan(0)
})

it('of a list knows no order, but how often an item is in it', () => {
  const item = fc.record({ name: fc.string(), value: fc.integer() })
  fc.assert(
    fc.property(fc.array(item, { minLength: 1 }), item, (items, other) => {
      expect(digestOf([...items].reverse()).equals(digestOf(items))).toBe(true)
      expect(digestOf([...items, other]).equals(digestOf(items))).toBe(false)
      expect(digestOf([...items, items[0]]).equals(digestOf(items))).toBe(false)
    }),
  )
})
