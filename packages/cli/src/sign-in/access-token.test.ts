import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AccessToken, afterRefusal, freshness } from './access-token.js'
import { coversScope, storedToken } from './token-of.js'

const token: AccessToken = { value: 't', issuedAt: 1_000_000, expiresAt: 4_600_000, renewable: true, origin: 'stored' }

describe('a token', () => {
  it.each([
    [1_000_000, 'fresh'],
    [4_539_999, 'fresh'],
    [4_540_000, 'expiring'],
    [4_599_999, 'expiring'],
    [4_600_000, 'expired'],
  ])('of an hour is at %i %s', (now, expected) => {
    expect(freshness(token, now)).toBe(expected)
  })

  it('of a minute is renewed in its last six seconds only', () => {
    const short = { ...token, expiresAt: 1_060_000 }
    expect([1_053_999, 1_054_000].map((now) => freshness(short, now))).toEqual(['fresh', 'expiring'])
  })

  it('that can’t be renewed, or has no time, is used until it is refused', () => {
    const { expiresAt, ...timeless } = token
    expect(expiresAt).toBeDefined()
    fc.assert(
      fc.property(fc.integer(), (now) => {
        expect(freshness(timeless, now)).toBe('fresh')
        expect(freshness({ ...token, renewable: false }, now)).toBe('fresh')
      }),
    )
  })

  it('only ever gets older', () => {
    const ages = ['fresh', 'expiring', 'expired']
    fc.assert(
      fc.property(fc.integer({ min: 1 }), fc.nat(), fc.nat(), (life, first, more) => {
        const it = { ...token, issuedAt: 0, expiresAt: life }
        expect(ages.indexOf(freshness(it, first + more))).toBeGreaterThanOrEqual(ages.indexOf(freshness(it, first)))
      }),
    )
  })
})

describe('a token that is refused', () => {
  it.each([
    ['stored', false, 'renew'],
    ['stored', true, 'renew'],
    ['renewed', false, 'ask-user'],
    ['renewed', true, 'renew'],
    ['user', false, 'give-up'],
    ['user', true, 'renew'],
  ] as const)('%s, let in before: %s → %s', (origin, accepted, expected) => {
    expect(afterRefusal({ ...token, origin }, { accepted, now: 2_000_000 })).toBe(expected)
    // Whatever it is, its time being up explains it.
    expect(afterRefusal({ ...token, origin }, { accepted, now: 5_000_000 })).toBe('renew')
  })
})

describe('what is stored', () => {
  const stored = (expires_in: number | undefined, obtainedAt: number | undefined) =>
    storedToken(
      {
        version: 1,
        server: 'https://h/',
        tokens: { access_token: 'a', token_type: 'Bearer', ...(expires_in === undefined ? {} : { expires_in }) },
        ...(obtainedAt === undefined ? {} : { obtainedAt }),
      },
      { origin: 'stored', useIdToken: false },
    )

  it('has a time where the server has said one', () => {
    expect(stored(60, 1_000)).toMatchObject({ value: 'a', issuedAt: 1_000, expiresAt: 61_000, renewable: false })
    for (const it of [stored(undefined, 1_000), stored(0, 1_000), stored(60, undefined)]) {
      expect(it).not.toHaveProperty('expiresAt')
    }
  })

  it('is the ID token where that is wanted', () => {
    const tokens = { access_token: 'a', token_type: 'Bearer' }
    const read = (more: object) =>
      storedToken(
        { version: 1, server: 'https://h/', tokens: { ...tokens, ...more } },
        { origin: 'user', useIdToken: true },
      )
    expect(read({ id_token: 'i' })).toMatchObject({ value: 'i' })
    expect(read({ id_token: 'i', expires_in: 1 })).not.toHaveProperty('expiresAt')
    const idToken = `e30.${Buffer.from('{"exp":1700000000}').toString('base64url')}.s`
    expect(read({ id_token: idToken, expires_in: 1 })).toMatchObject({ expiresAt: 1_700_000_000_000 })
    expect(read({})).toBeUndefined()
  })
})

it('scopes are sets', () => {
  expect(coversScope('read write', 'write')).toBe(true)
  expect(coversScope('read', 'write read')).toBe(false)
  expect(coversScope(undefined, undefined)).toBe(true)
  expect(coversScope(undefined, 'read')).toBe(false)
  expect(coversScope('readwrite', 'read')).toBe(false)
})
