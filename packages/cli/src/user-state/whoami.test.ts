import { describe, expect, it } from 'vitest'
import { duration, relativeTime } from './relative-time.js'
import type { StoredSignIn } from './stored-sign-in.js'
import { whoAmI, whoAmILines } from './whoami.js'

const now = Date.parse('2026-01-02T03:04:05Z')
const facts = { server: new URL('https://mcp.example/mcp?key=geheim'), file: '/data/f.json', now }
const jwt = (claims: object): string =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.geheim-signature`
const signIn: StoredSignIn = {
  version: 1,
  server: facts.server.href,
  issuer: 'https://login.example',
  clientInformation: { client_id: 'c1', client_secret: 'geheim', client_secret_expires_at: now / 1000 + 90_000 },
  tokens: {
    access_token: 'geheim',
    token_type: 'Bearer',
    refresh_token: 'geheim',
    expires_in: 900,
    scope: 'mcp:read  mcp:write',
    id_token: jwt({ sub: '7', email: 'ada@example.com' }),
  },
  obtainedAt: now - 60_000,
}

describe('whoami', () => {
  it('says everything but the secrets', () => {
    const found = whoAmI([signIn, { ...signIn, issuer: 'https://other.example' }], facts)
    expect(found).toEqual({
      server: 'https://mcp.example/mcp?…',
      signedIn: true,
      issuer: 'https://login.example',
      subject: '7',
      name: 'ada@example.com',
      scopes: ['mcp:read', 'mcp:write'],
      expiresAt: '2026-01-02T03:18:05.000Z',
      expired: false,
      refreshable: true,
      client: { id: 'c1', hasSecret: true, secretExpiresAt: '2026-01-03T04:04:05.000Z' },
      otherIssuers: ['https://other.example'],
      file: '/data/f.json',
    })
    const lines = whoAmILines(found, now)
    expect(lines).toEqual([
      'https://mcp.example/mcp?…: signed in',
      '  issuer       https://login.example',
      '  subject      7, ada@example.com',
      '  scopes       mcp:read mcp:write',
      '  expires      2026-01-02T03:18:05.000Z (in 14 minutes)',
      '  refreshable  yes',
      '  client       c1 (with a secret; expires in 1 day)',
      '  also stored  https://other.example',
      '  file         /data/f.json',
    ])
    expect(JSON.stringify(found) + lines.join('')).not.toContain('geheim')
  })

  it.each<[string, Partial<NonNullable<StoredSignIn['tokens']>>, string]>([
    [
      'expired and refreshable',
      { expires_in: 0 },
      '2026-01-02T03:03:05.000Z (1 minute ago); it is refreshed when it is needed',
    ],
    ['without a time', { expires_in: undefined }, 'not said by the server'],
    ['out of any range', { expires_in: 1e300 }, 'not said by the server'],
  ])('says when tokens expire: %s', (_case, change, text) => {
    const tokens = { ...signIn.tokens, ...change } as NonNullable<StoredSignIn['tokens']>
    expect(
      whoAmILines(whoAmI([{ ...signIn, tokens }], facts), now).find((line) => line.includes('expires ')),
    ).toContain(text)
  })

  it('says that a new sign-in is needed', () => {
    const tokens = { access_token: 'geheim', token_type: 'Bearer', expires_in: 1 }
    const lines = whoAmILines(whoAmI([{ ...signIn, tokens }], facts), now)
    expect(lines.join('\n')).toContain('(59 seconds ago); a new sign-in is needed')
    expect(lines.join('\n')).not.toContain('subject')
  })

  it.each([
    ['nothing', []],
    ['a registration only', [{ version: 1, server: facts.server.href, clientInformation: { client_id: 'c1' } }]],
  ] satisfies [string, StoredSignIn[]][])('knows %s', (_case, signIns) => {
    expect(whoAmI(signIns, facts).signedIn).toBe(false)
  })

  it.each([
    'no JWT',
    'a.b.c',
    `a.${Buffer.from('null').toString('base64url')}.c`,
    jwt({ email: 'x' }),
    jwt({ sub: 7 }),
  ])('has no subject from %s', (idToken) => {
    const tokens = { access_token: 'geheim', token_type: 'Bearer', id_token: idToken }
    expect(whoAmI([{ ...signIn, tokens }], facts)).not.toHaveProperty('subject')
  })

  it('keeps escape sequences of others off the terminal', () => {
    const tokens = { access_token: 'geheim', token_type: 'Bearer', scope: '\u001b[31mred\nsigned in' }
    expect(whoAmILines(whoAmI([{ ...signIn, tokens }], facts), now).join('|')).toContain(
      '|  scopes       [31mred signed in|',
    )
  })
})

describe('times in words', () => {
  it.each([
    [0, 'in 0 seconds', '0 s'],
    [59_999, 'in 59 seconds', '59 s'],
    [-61_000, '1 minute ago', '0 s'],
    [3_600_000, 'in 1 hour', '1 h'],
    [3_661_000, 'in 1 hour', '1 h 1 min'],
    [3_605_000, 'in 1 hour', '1 h'],
    [200_000_000, 'in 2 days', '2 d 7 h'],
  ])('%i ms', (ms, relative, lasting) => {
    expect(relativeTime(now + ms, now)).toBe(relative)
    expect(duration(ms)).toBe(lasting)
  })
})
