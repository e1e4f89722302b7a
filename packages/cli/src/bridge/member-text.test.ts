import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { elementTexts, memberText } from './member-text.js'

describe('memberText', () => {
  it.each([
    ['{"id":12345678901234567890}', 'id', '12345678901234567890'],
    [' {\n "a" : {"id":1}, "id" : 1.50 }', 'id', '1.50'],
    ['{"id":"a\\"}\\\\","x":[{"id":2},"]"]}', 'id', '"a\\"}\\\\"'],
    ['{"\\u0069d":7}', 'id', '7'],
    ['{"id":1,"id":2}', 'id', '2'],
    ['{"error":{"message":"}","data":[1,{"a":"]"}]},"id":null}', 'error', '{"message":"}","data":[1,{"a":"]"}]}'],
    ['{"a":1}', 'id', undefined],
    ['{}', 'id', undefined],
    ['[{"id":1}]', 'id', undefined],
    ['"id"', 'id', undefined],
  ])('%s: %s', (json, name, expected) => {
    expect(memberText(json, name)).toBe(expected)
  })

  it('finds what JSON.parse finds', () => {
    const indent = fc.constantFrom(undefined, 1, '\t')
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), indent, (value, space) => {
        const json = JSON.stringify(value, undefined, space)
        for (const name of Object.keys(value)) {
          expect(JSON.parse(memberText(json, name) ?? '')).toEqual(JSON.parse(JSON.stringify(value[name])))
        }
      }),
    )
  })
})

describe('elementTexts', () => {
  it.each([
    ['[]', []],
    [' [ ] ', []],
    ['[1.50 , "a,]", {"b":[1,2]} ]', ['1.50', '"a,]"', '{"b":[1,2]}']],
    ['[[],[[1],2]]', ['[]', '[[1],2]']],
    ['{"a":[1]}', []],
    ['7', []],
  ])('%s: %j', (json, expected) => {
    expect(elementTexts(json)).toEqual(expected)
  })

  it('finds what JSON.parse finds', () => {
    const indent = fc.constantFrom(undefined, 1, '\t')
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), indent, (value, space) => {
        const json = JSON.stringify(value, undefined, space)
        expect(elementTexts(json).map((text) => JSON.parse(text) as unknown)).toEqual(JSON.parse(json))
      }),
    )
  })
})
