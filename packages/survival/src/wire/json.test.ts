import fc from 'fast-check'
import { expect, it } from 'vitest'
import { at, sameJson, textAt, tryJson } from './json.js'

it('compares as JSON: what went over the wire is the same', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      expect(sameJson(tryJson(JSON.stringify(value)), tryJson(JSON.stringify(value)))).toBe(true)
      expect(sameJson({ value }, { value: [value] })).toBe(false)
    }),
  )
  expect(sameJson({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true)
  expect(sameJson({ a: 1 }, { a: 1, b: 2 })).toBe(false)
})

it('finds members, and undefined where the path ends', () => {
  expect(at({ a: [{ b: 'c' }] }, 'a', 0, 'b')).toBe('c')
  expect(at({ a: [] }, 'a', 0, 'b')).toBeUndefined()
  expect(at('text', 'length')).toBeUndefined()
  expect(textAt({ a: 1 }, 'a')).toBeUndefined()
})
