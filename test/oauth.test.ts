import { afterEach, describe, expect, it, vi } from 'vitest'
import { DpopSession } from '@modelcontextprotocol/client'
import { withSessionRecovery, type FetchLike, type SessionEvent, type SessionRecoveryOptions } from '@mcp-tether/client'
import { AuthorizationServer } from './oauth/authorization-server.js'
import { Host } from './oauth/host.js'
import { ProtectedServer, type Order, type Seen } from './oauth/protected-server.js'
import { signInV1, signInV2, type SignInClient } from './oauth/signed-in-clients.js'
import { serveV1, serveV2, type SessionFactory } from './transparency/sdk-servers.js'

/*
 * P7, auth is not session loss: the SDKs' own sign-in against a real authorization server, which rotates its refresh
 * tokens and revokes a grant whose refresh token comes twice. Most servers look at the token first and at the session
 * then; some do it the other way round.
 */

interface Stage {
  readonly issuer: AuthorizationServer
  readonly server: ProtectedServer
  readonly host: Host
  readonly client: Awaited<ReturnType<SignInClient>>
  readonly events: readonly SessionEvent[]
}

interface Casting {
  readonly signIn: SignInClient
  readonly factory: SessionFactory
  readonly order?: Order
  readonly host?: Host
  readonly options?: SessionRecoveryOptions
  /** Stands in front of the network. */
  readonly network?: FetchLike
  /** The standalone stream is not open yet when the test begins. */
  readonly streamIsLate?: boolean
  /** Left out only to show what happens without us. */
  readonly bare?: boolean
}

const closers: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
  vi.restoreAllMocks()
})

/** A client that has signed in and connected. */
async function setUp({ signIn, factory, order = 'token first', host = new Host(), ...its }: Casting): Promise<Stage> {
  // oidc-provider warns of everything that is fit for tests only, SDK v2 of refresh tokens that were refused.
  for (const level of ['info', 'warn'] as const) vi.spyOn(console, level).mockImplementation(() => undefined)
  const issuer = await AuthorizationServer.start()
  closers.push(() => issuer.close())
  const server = await ProtectedServer.start(factory, issuer, order)
  closers.push(() => server.close())
  const events: SessionEvent[] = []
  const recovering = withSessionRecovery({ ...its.options, onEvent: (event) => events.push(event) })
  const network = its.network ?? fetch
  const client = await signIn(server.url, host, its.bare ? network : recovering(network))
  closers.push(() => client.close())
  // Both SDKs ask for the standalone stream behind the test's back.
  if (!its.streamIsLate) await server.until(() => server.seen.some(({ what, status }) => what === 'GET' && status > 0))
  return { issuer, server, host, client, events }
}

/** The server is a fresh process, and the client's access token is over. */
async function loseEverything({ issuer, server }: Stage): Promise<void> {
  await issuer.expireAccessTokens()
  server.loseSessions()
}

/** Holds every `tools/call` until this many of them are there, so that all of them meet the same state. */
function gather(server: ProtectedServer, count: number): void {
  const { length } = server.seen
  const isCall = ({ what }: Seen) => what === 'tools/call'
  server.before = async (seen) => {
    if (isCall(seen)) await server.until(() => server.seen.slice(length).filter(isCall).length >= count)
  }
}

/** A promise and the means to resolve it. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open }
}

const five = ['1', '2', '3', '4', '5']

/** Everything that a healed conversation must have in common. */
async function expectHealed(stage: Stage, calls: number): Promise<void> {
  const { issuer, server, host, events } = stage
  expect(issuer.refreshes).toEqual([{ type: 'refresh_token', status: 200 }])
  expect(await issuer.knowsRefreshToken(host.tokens()?.refresh_token ?? '')).toBe(true)
  expect(host.redirects).toHaveLength(1)
  expect(server.executed.filter((what) => what === 'tools/call')).toHaveLength(calls)
  expect(events.filter(({ type }) => type === 'recovery-succeeded')).toHaveLength(1)
}

const clients = [
  { sdk: 'SDK v1', signIn: signInV1, factory: serveV1 },
  { sdk: 'SDK v2', signIn: signInV2, factory: serveV2 },
]

describe.each(clients)('a client and a server of $sdk', (casting) => {
  it('404, then 401 to our initialize: the token is refreshed once, and the call succeeds', async () => {
    const stage = await setUp({ ...casting, order: 'session first' })
    const { server, client } = stage
    const sessionId = client.sessionId()
    await loseEverything(stage)
    const from = server.seen.length
    expect(await client.echo('after it')).toBe('after it')
    const refused = ['tools/call 404', 'initialize 401']
    const healed = ['initialize 200', 'notifications/initialized 202', 'tools/call 200']
    // The SDK sends its call again on the session that it knows, which is still lost.
    expect(server.posts(from)).toEqual([...refused, 'tools/call 404', ...healed])
    expect(client.sessionId()).toBe(sessionId)
    await expectHealed(stage, 1)
  })

  it('401, then 404: the same', async () => {
    const stage = await setUp(casting)
    await loseEverything(stage)
    const from = stage.server.seen.length
    expect(await stage.client.echo('after it')).toBe('after it')
    const refused = ['tools/call 401', 'tools/call 404']
    const healed = ['initialize 200', 'notifications/initialized 202', 'tools/call 200']
    expect(stage.server.posts(from)).toEqual([...refused, ...healed])
    await expectHealed(stage, 1)
  })

  it.each(['token first', 'session first'] as const)(
    'five parallel calls, session lost and token over: one refresh, five answers (%s)',
    async (order) => {
      const stage = await setUp({ ...casting, order })
      await loseEverything(stage)
      gather(stage.server, 5)
      expect(await Promise.all(five.map(stage.client.echo))).toEqual(five)
      await expectHealed(stage, 5)
    },
  )

  it('a call and the standalone stream that are refused together: one refresh', async () => {
    const network: FetchLike = async (url, init) => {
      if (init?.method === 'GET' && String(url).endsWith('/mcp')) await callRefused.opened
      return fetch(url, init)
    }
    const callRefused = gate()
    const stage = await setUp({ ...casting, network, streamIsLate: true })
    const { issuer, server, client } = stage
    await issuer.expireAccessTokens()
    issuer.beforeToken = () => {
      callRefused.open()
      return server.until(() => server.lines.includes('GET 401'))
    }
    expect(await client.echo('beside')).toBe('beside')
    await server.until(() => server.lines.includes('GET 200'))
    expect(issuer.refreshes).toEqual([{ type: 'refresh_token', status: 200 }])
  })

  it.each(['token first', 'session first'] as const)(
    'calls that come while the token is being refreshed wait for it (%s)',
    async (order) => {
      const stage = await setUp({ ...casting, order })
      const { issuer, server, client } = stage
      const old = server.seen.at(-1)?.authorization
      await loseEverything(stage)
      let isAsked = false
      issuer.beforeToken = async () => {
        isAsked = true
        issuer.changed()
        // Not before three calls with the old token have been refused.
        await server.until(() => server.seen.filter(isRefusedCall).length >= 3)
      }
      const isRefusedCall = ({ what, authorization, status }: Seen) =>
        what === 'tools/call' && authorization === old && (status === 401 || status === 404)
      const first = client.echo('first')
      await issuer.until(() => isAsked)
      expect(await Promise.all([first, client.echo('second'), client.echo('third')])).toEqual([
        ...['first', 'second', 'third'],
      ])
      await expectHealed(stage, 3)
    },
  )

  it.each(['token first', 'session first'] as const)(
    'a server that is away comes back without the session and refuses the token (%s)',
    async (order) => {
      const stage = await setUp({ ...casting, order, options: { random: () => 0.1 } })
      const { server, client, events } = stage
      // A reused socket that breaks proves nothing: only what is hinted as safe is then sent again.
      await client.listTools()
      await loseEverything(stage)
      await server.hangUp()
      const calls = Promise.all(['1', '2'].map(client.echo))
      await vi.waitUntil(() => events.filter(({ type }) => type === 'server-away').length >= 2, { timeout: 10_000 })
      await server.listen()
      expect(await calls).toEqual(['1', '2'])
      await expectHealed(stage, 2)
    },
  )

  it.each(['token first', 'session first'] as const)(
    'a token that can never be refreshed ends in the SDK’s own UnauthorizedError (%s)',
    async (order) => {
      const stage = await setUp({ ...casting, order })
      const { issuer, server, host, client } = stage
      await loseEverything(stage)
      await issuer.forgetRefreshTokens()
      const from = server.seen.length
      await expect(client.echo('never')).rejects.toThrow('Unauthorized')
      // The user is asked to sign in, once, and the server has not been asked again and again.
      expect(host.redirects).toHaveLength(2)
      expect(issuer.refreshes).toEqual([{ type: 'refresh_token', status: 400 }])
      expect(server.posts(from)).toEqual(
        order === 'token first' ? ['tools/call 401'] : ['tools/call 404', 'initialize 401'],
      )
      expect(server.executed).not.toContain('tools/call')
    },
  )

  it('five calls with such a token: one asks the user, the others end when their wait does', async () => {
    const stage = await setUp({ ...casting, order: 'session first', options: { authorizationTimeout: 300 } })
    const { issuer, server, host, client } = stage
    await loseEverything(stage)
    await issuer.forgetRefreshTokens()
    gather(server, 5)
    const ends = await Promise.all(five.map((text) => client.echo(text).catch(String)))
    expect(ends.filter((end) => end.includes('Unauthorized'))).toHaveLength(1)
    expect(ends.filter((end) => end.includes('sign in again'))).toHaveLength(4)
    expect(host.redirects).toHaveLength(2)
    // The first of the five, and one more for those whose loss was told while it signed in.
    expect(server.lines.filter((line) => line === 'initialize 401').length).toBeLessThanOrEqual(3)
  })

  it('passes the traffic of a sign-in untouched', async () => {
    const inner: unknown[][] = []
    const outer: unknown[][] = []
    const tap =
      (seen: unknown[][], next: FetchLike): FetchLike =>
      async (...its) => {
        const isOAuth = new URL(its[0]).pathname !== '/mcp'
        const answer = await next(...its)
        if (isOAuth) seen.push([...its, answer])
        return answer
      }
    const signIn: SignInClient = (url, host, fetchOfOurs) => casting.signIn(url, host, tap(outer, fetchOfOurs))
    const stage = await setUp({ ...casting, signIn, network: tap(inner, fetch) })
    await loseEverything(stage)
    await stage.client.echo('refreshed')
    const what = inner.map(([url, init]) => `${(init as RequestInit).method ?? 'GET'} ${new URL(url as URL).pathname}`)
    expect(what).toEqual(
      expect.arrayContaining([
        ...['GET /.well-known/oauth-protected-resource/mcp', 'GET /.well-known/oauth-authorization-server'],
        ...['POST /reg', 'POST /token'],
      ]),
    )
    // Not only equal: the very same arguments, and the very same answers.
    expect(inner).toHaveLength(outer.length)
    inner.forEach((exchange, at) => {
      exchange.forEach((part, index) => {
        expect(part).toBe(outer[at]?.[index])
      })
    })
  })

  it('without the middleware, five parallel calls lose the refresh token', async () => {
    const { issuer, server, host, client } = await setUp({ ...casting, bare: true })
    const { refresh_token: refreshToken = '' } = host.tokens() ?? {}
    await issuer.expireAccessTokens()
    gather(server, 5)
    const ends = await Promise.allSettled(five.map(client.echo))
    expect(ends.filter(({ status }) => status === 'rejected')).not.toHaveLength(0)
    expect(issuer.refreshes.length).toBeGreaterThan(1)
    expect(await issuer.knowsRefreshToken(refreshToken)).toBe(false)
  })
})

describe('DPoP (SDK v2)', () => {
  const dpop = async () => ({ signIn: signInV2, factory: serveV2, host: new Host(await DpopSession.create()) })

  it('works on a healthy session, and an expired token is refreshed', async () => {
    const { issuer, server, client } = await setUp(await dpop())
    expect(await client.echo('signed')).toBe('signed')
    await issuer.expireAccessTokens()
    expect(await client.echo('signed again')).toBe('signed again')
    expect(issuer.refreshes).toEqual([{ type: 'refresh_token', status: 200 }])
    expect(server.seen.at(-1)?.authorization).toMatch(/^DPoP /)
  })

  it('a lost session is surfaced, and no proof is sent a second time', async () => {
    const { server, client, events } = await setUp(await dpop())
    server.loseSessions()
    const from = server.seen.length
    await expect(client.echo('lost')).rejects.toThrow('Session not found')
    expect(server.posts(from)).toEqual(['tools/call 404'])
    expect(events.at(-1)).toMatchObject({ type: 'not-recoverable', reason: 'signed-request' })
    const proofs = server.seen.flatMap((seen) => seen.dpop ?? [])
    expect(proofs.length).toBeGreaterThan(2)
    expect(new Set(proofs).size).toBe(proofs.length)
  })
})
