import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canBeAskedFor, outwardEventId, readEventId } from './event-ids.js'
import { outwardRequestId, readRequestId } from './request-ids.js'

const tag = 'mcp-tether-0a1b2c3d'
const epoch = fc.integer({ min: 1, max: 1e6 })
const id = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
)

describe('request ids', () => {
  it('come back as they were, with their epoch and their type', () => {
    fc.assert(
      fc.property(epoch, id, (epoch, id) => {
        expect(readRequestId(tag, outwardRequestId(tag, { epoch, id }))).toEqual({ epoch, id })
      }),
    )
  })

  it('look the same in JSON as they are, from epoch 2 on', () => {
    fc.assert(
      fc.property(id, (id) => {
        const outward = outwardRequestId(tag, { epoch: 2, id })
        expect(JSON.stringify(outward)).toBe(`"${String(outward)}"`)
      }),
    )
  })

  it('differ between epochs and between a number and its text', () => {
    const outward = [
      { epoch: 1, id: 0 },
      { epoch: 2, id: 0 },
      { epoch: 2, id: '0' },
      { epoch: 3, id: 0 },
    ]
    expect(new Set(outward.map((each) => outwardRequestId(tag, each))).size).toBe(4)
  })

  it('of another middleware are a server’s own', () => {
    const foreign = outwardRequestId('mcp-tether-ffffffff', { epoch: 2, id: 0 })
    expect(readRequestId(tag, foreign)).toEqual({ epoch: 1, id: foreign })
  })
})

describe('event ids', () => {
  it('come back as they were, with their epoch', () => {
    fc.assert(
      fc.property(epoch, fc.string(), (epoch, id) => {
        expect(readEventId(tag, outwardEventId(tag, { epoch, id }))).toEqual({ epoch, id })
      }),
    )
  })

  it('pass as they are in epoch 1', () => {
    expect(outwardEventId(tag, { epoch: 1, id: '7_1' })).toBe('7_1')
    expect(readEventId(tag, '7_1')).toEqual({ epoch: 1, id: '7_1' })
  })

  it.each([
    ['a', true],
    ['a b', true],
    ['', false],
    [' a', false],
    ['a\n', false],
    ['日', false],
  ])('%j can be asked for: %s', (id, expected) => {
    expect(canBeAskedFor(id)).toBe(expected)
  })
})
