import { afterEach, describe, expect, it } from 'vitest'
import { closeAll, echo, Stage } from './sign-in/stage.js'

afterEach(closeAll)

const five = ['1', '2', '3', '4', '5']

describe('the first sign-in', () => {
  it('registers, opens the browser once, and connects', async () => {
    const stage = await Stage.set()
    const client = await stage.connect()
    expect(await echo(client, 'hello')).toBe('hello')
    const { opened, issuer, pages } = stage
    expect([opened.length, issuer.registered.length]).toEqual([1, 1])
    const asked = opened[0]?.searchParams
    expect(asked?.get('code_challenge_method')).toBe('S256')
    expect(asked?.get('resource')).toBe(stage.server.url.href)
    expect(asked?.get('scope')).toBe('mcp offline_access')
    expect(asked?.get('redirect_uri')).toMatch(/^http:\/\/127\.0\.0\.1:[23]\d{4}\/callback$/)
    expect(pages).toEqual([expect.stringContaining('You can close this window')])
    expect(stage.said).toEqual([
      expect.stringMatching(
        /^127\.0\.0\.1:\d+ wants a sign-in: a browser is being opened; if none appears, open http:/,
      ),
      expect.stringMatching(/^signed in to 127\.0\.0\.1:\d+$/),
    ])
  })

  it('is the last: the next start uses what is stored, from its first request on', async () => {
    const stage = await Stage.set()
    await stage.connect()
    const from = stage.server.seen.length
    const client = await stage.connect()
    expect(await echo(client, 'again')).toBe('again')
    expect(stage.server.lines.slice(from).filter((line) => line.endsWith('401'))).toEqual([])
    expect(stage.opened).toHaveLength(1)
  })

  it('waits for nothing where the server wants no token', async () => {
    const stage = await Stage.set()
    stage.server.before = (seen) => {
      // What a server without a sign-in does: it looks at no header.
      expect(seen.authorization).toBeUndefined()
      return Promise.resolve()
    }
    const response = await stage.bridgeFetch()(new URL('/elsewhere', stage.server.url), { method: 'POST', body: '{}' })
    expect(response.status).toBe(404)
    expect(stage.opened).toEqual([])
  })
})

describe('renewal', () => {
  it('comes before the token’s time is up, and no call is refused', async () => {
    // It was had an hour ago, but for 21 seconds.
    const stage = await Stage.set({ issuer: { accessTokenTTL: 3600 } })
    await stage.connect()
    await stage.store.update(stage.server.url, (current) =>
      Promise.resolve(current && { ...current, obtainedAt: Date.now() - 3_579_000 }),
    )
    const client = await stage.connect()
    await stage.issuer.until(() => stage.issuer.refreshes.length === 1)
    expect(await echo(client, 'renewed')).toBe('renewed')
    expect(stage.issuer.refreshes).toEqual([{ type: 'refresh_token', status: 200 }])
    expect(stage.server.lines.filter((line) => line.endsWith('401'))).toEqual(['initialize 401'])
    expect(stage.opened).toHaveLength(1)
  })

  it('is one for five calls that are refused together, although the refresh token rotates', async () => {
    const stage = await Stage.set()
    const client = await stage.connect()
    await stage.issuer.expireAccessTokens()
    stage.gather(5)
    expect(await Promise.all(five.map((text) => echo(client, text)))).toEqual(five)
    expect(stage.issuer.refreshes).toEqual([{ type: 'refresh_token', status: 200 }])
    expect(stage.opened).toHaveLength(1)
    const stored = await stage.store.read(stage.server.url)
    expect(await stage.issuer.knowsRefreshToken(stored?.tokens?.refresh_token ?? '')).toBe(true)
  })

  it('by another process is taken over without a request of one’s own', async () => {
    const stage = await Stage.set()
    const [one, other] = [await stage.connect(), await stage.connect()]
    await stage.issuer.expireAccessTokens()
    expect(await echo(one, 'one')).toBe('one')
    expect(await echo(other, 'other')).toBe('other')
    expect(stage.issuer.refreshes).toHaveLength(1)
  })

  it('with a refresh token that was revoked asks the user again, in the middle of the conversation', async () => {
    const stage = await Stage.set()
    const client = await stage.connect()
    await stage.issuer.expireAccessTokens()
    await stage.issuer.forgetRefreshTokens()
    stage.gather(5)
    expect(await Promise.all(five.map((text) => echo(client, text)))).toEqual(five)
    expect([stage.opened.length, stage.issuer.registered.length]).toEqual([2, 1])
  })

  it('of a client that the server has deleted registers again', async () => {
    const stage = await Stage.set()
    const client = await stage.connect()
    await stage.issuer.expireAccessTokens()
    await stage.issuer.forgetClients()
    expect(await echo(client, 'as another client')).toBe('as another client')
    expect([stage.opened.length, stage.issuer.registered.length]).toEqual([2, 2])
  })

  it('a client that is gone is noticed before the browser is opened, also where there is no token left', async () => {
    const stage = await Stage.set()
    await stage.connect()
    await stage.store.update(stage.server.url, (current) => {
      if (!current) return Promise.resolve(current)
      const { tokens, obtainedAt, ...rest } = current
      expect([tokens, obtainedAt]).not.toContain(undefined)
      return Promise.resolve(rest)
    })
    await stage.issuer.forgetClients()
    await stage.connect()
    expect(stage.opened).toHaveLength(2)
    expect(stage.opened[1]?.searchParams.get('client_id')).toBe(stage.issuer.registered[1])
  })
})

it('an authorization server that has moved is found again for a renewal', async () => {
  const stage = await Stage.set()
  await stage.connect()
  await stage.store.update(stage.server.url, (current) => {
    const text = JSON.stringify(current).replace(
      /"token_endpoint":"[^"]*"/,
      '"token_endpoint":"http://127.0.0.1:9/token"',
    )
    return Promise.resolve(JSON.parse(text) as typeof current)
  })
  const client = await stage.connect()
  await stage.issuer.expireAccessTokens()
  expect(await echo(client, 'found')).toBe('found')
  expect(stage.issuer.refreshes).toHaveLength(1)
  expect(stage.opened).toHaveLength(1)
  expect(JSON.stringify(await stage.store.read(stage.server.url))).not.toContain('127.0.0.1:9/')
})

describe('a lost session and a token that is over', () => {
  it.each(['token first', 'session first'] as const)('heal together (%s)', async (order) => {
    const stage = await Stage.set({ order })
    const client = await stage.connect()
    await stage.loseEverything()
    expect(await echo(client, 'after it')).toBe('after it')
    expect(stage.issuer.refreshes).toHaveLength(1)
    expect(stage.events.filter(({ type }) => type === 'recovery-succeeded')).toHaveLength(1)
    expect(stage.opened).toHaveLength(1)
  })

  it.each(['token first', 'session first'] as const)(
    'five calls at once: one refresh, one recovery, each run once (%s)',
    async (order) => {
      const stage = await Stage.set({ order })
      const client = await stage.connect()
      await stage.loseEverything()
      stage.gather(5)
      expect(await Promise.all(five.map((text) => echo(client, text)))).toEqual(five)
      expect(stage.issuer.refreshes).toHaveLength(1)
      expect(stage.events.filter(({ type }) => type === 'recovery-succeeded')).toHaveLength(1)
      expect(stage.server.executed.filter((what) => what === 'tools/call')).toHaveLength(5)
    },
  )

  it.each(['token first', 'session first'] as const)(
    'the user has to sign in meanwhile: every call waits, one browser (%s)',
    async (order) => {
      const stage = await Stage.set({ order })
      const client = await stage.connect()
      await stage.loseEverything()
      await stage.issuer.forgetRefreshTokens()
      stage.gather(5)
      expect(await Promise.all(five.map((text) => echo(client, text)))).toEqual(five)
      expect(stage.opened).toHaveLength(2)
      expect(stage.events.filter(({ type }) => type === 'recovery-succeeded')).toHaveLength(1)
    },
  )

  it.each(['token first', 'session first'] as const)(
    'the user refuses: every call hears it at once, and the next may try again (%s)',
    async (order) => {
      const stage = await Stage.set({ order })
      const client = await stage.connect()
      await stage.loseEverything()
      await stage.issuer.forgetRefreshTokens()
      stage.user = 'cancel'
      stage.gather(3)
      const begin = performance.now()
      const results = await Promise.allSettled(five.slice(0, 3).map((text) => echo(client, text)))
      expect(performance.now() - begin).toBeLessThan(15_000)
      const told = results.map((result) => String('reason' in result && result.reason))
      expect(told).toEqual(Array(3).fill(expect.stringContaining('access was not granted')))
      stage.user = 'agree'
      stage.server.before = () => Promise.resolve()
      expect(await echo(client, 'at last')).toBe('at last')
    },
  )
})

describe('step-up', () => {
  it('asks for the wider scope, keeps what was granted, and runs the call', async () => {
    const stage = await Stage.set()
    const client = await stage.connect()
    stage.server.scopes.set('tools/call', 'mcp:write')
    expect(await echo(client, 'written')).toBe('written')
    expect(stage.opened).toHaveLength(2)
    const scope = stage.opened[1]?.searchParams.get('scope')?.split(' ')
    expect(scope).toEqual(expect.arrayContaining(['mcp', 'mcp:write', 'offline_access']))
  })

  it('that grants nothing more is told, and does not ask for ever', async () => {
    const stage = await Stage.set()
    const client = await stage.connect()
    stage.server.scopes.set('tools/call', 'mcp:admin')
    await expect(echo(client, 'x')).rejects.toThrow('scope')
    const { length } = stage.opened
    expect(length).toBeLessThanOrEqual(2)
    stage.server.scopes.clear()
    expect(await echo(client, 'still signed in')).toBe('still signed in')
    await stage.issuer.expireAccessTokens()
    expect(await echo(client, 'and renewable')).toBe('and renewable')
    expect(stage.opened).toHaveLength(length)
  })
})
