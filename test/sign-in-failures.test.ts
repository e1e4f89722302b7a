import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { callbackPorts } from '../packages/cli/src/sign-in/callback-port.js'
import { SignIn } from '../packages/cli/src/sign-in/sign-in.js'
import { withSignIn } from '../packages/cli/src/sign-in/with-sign-in.js'
import { visit } from './oauth/user-agent.js'
import { closeAll, echo, Stage } from './sign-in/stage.js'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
  await closeAll()
})

/** Somebody else listens on this port. */
async function occupy(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => server.close())
}

/** An HTTP server that answers as it is told. Resolves with its origin. */
async function liar(answers: (origin: string, path: string) => unknown): Promise<string> {
  const server = createServer((request, response) => {
    const answer = answers(origin, request.url ?? '')
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(answer === undefined ? '' : JSON.stringify(answer))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => server.close())
  const origin = `http://127.0.0.1:${String((server.address() as { port: number }).port)}`
  return origin
}

const initialize = JSON.stringify({
  ...{ jsonrpc: '2.0', id: 12345678901, method: 'initialize' },
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'host', version: '1' } },
})

/** What the host is told when its `initialize` fails for want of a sign-in. */
async function refusal(stage: Stage, settings = {}): Promise<{ message: string; reason: string }> {
  const response = await stage.bridgeFetch(settings)(stage.server.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: initialize,
  })
  expect(response.status).toBe(200)
  const { id, error } = (await response.json()) as {
    id: unknown
    error: { code: number; message: string; data: { code: string; reason: string } }
  }
  expect([id, error.code, error.data.code]).toEqual([12345678901, -32013, 'sign_in_failed'])
  expect(error.message).toMatch(/^Not signed in to 127\.0\.0\.1:\d+\. .*\.$/)
  return { message: error.message, reason: error.data.reason }
}

describe('the user', () => {
  it('refuses: the host hears it, and the next call may try again', async () => {
    const stage = await Stage.set({ user: 'cancel' })
    expect(await refusal(stage)).toMatchObject({ reason: 'denied' })
    expect(stage.pages).toEqual([expect.stringContaining('Not signed in')])
    stage.user = 'agree'
    expect(await echo(await stage.connect(), 'then')).toBe('then')
    // The registration of the first try is used.
    expect(stage.issuer.registered).toHaveLength(1)
  })

  it('does nothing: the host hears it when the time is over, and the port is free again', async () => {
    const stage = await Stage.set({ user: 'away' })
    const { reason, message } = await refusal(stage, { signInTimeout: 1_500 })
    expect(reason).toBe('timed-out')
    expect(message).toContain('--sign-in-timeout')
    const [port = 0] = callbackPorts(stage.server.url, { port: undefined, mustBeTheSame: true })
    await occupy(port)
  })

  it('comes back with another state: it is refused, and the right one is still awaited', async () => {
    const stage = await Stage.set({ user: 'away' })
    const connecting = stage.connect()
    await stage.until(() => stage.opened.length === 1)
    const [url = new URL('http://none')] = stage.opened
    const redirectUri = url.searchParams.get('redirect_uri') ?? ''
    const forged = await fetch(`${redirectUri}?code=stolen&state=forged`)
    expect([forged.status, await forged.text()]).toEqual([400, expect.stringContaining('does not belong')])
    expect(await visit(url)).toContain('You can close this window')
    expect(await echo(await connecting, 'the right one')).toBe('the right one')
  })

  it('gives up waiting: the sign-in goes on, and the next request has it', async () => {
    const stage = await Stage.set({ user: 'away' })
    const bridgeFetch = stage.bridgeFetch()
    const impatience = new AbortController()
    const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
    const asked = { method: 'POST', headers, body: initialize }
    const first = bridgeFetch(stage.server.url, { ...asked, signal: impatience.signal })
    await stage.until(() => stage.opened.length === 1)
    impatience.abort()
    await expect(first).rejects.toThrow('abort')
    const second = bridgeFetch(stage.server.url, asked)
    await visit(stage.opened[0] ?? new URL('http://none'))
    expect((await second).status).toBe(200)
    expect(stage.opened).toHaveLength(1)
  })

  it('is not asked for what nobody waits for', async () => {
    const stage = await Stage.set()
    const bridgeFetch = stage.bridgeFetch()
    const notification = '{"jsonrpc":"2.0","method":"notifications/initialized"}'
    expect((await bridgeFetch(stage.server.url, { method: 'POST', body: notification })).status).toBe(401)
    expect((await bridgeFetch(stage.server.url, { method: 'GET' })).status).toBe(401)
    expect((await bridgeFetch(stage.server.url, { method: 'DELETE' })).status).toBe(401)
    expect(stage.opened).toEqual([])
  })
})

describe('this machine', () => {
  it('has another program on the port: the next one is taken', async () => {
    const stage = await Stage.set()
    const [first = 0, second = 0] = callbackPorts(stage.server.url, { port: undefined, mustBeTheSame: false })
    await occupy(first)
    await stage.connect()
    expect(stage.opened[0]?.searchParams.get('redirect_uri')).toBe(`http://127.0.0.1:${String(second)}/callback`)
  })

  it('has another program on the port that was named: that is said at once', async () => {
    const port = 21_347
    await occupy(port)
    const stage = await Stage.set()
    const { reason, message } = await refusal(stage, { callbackPort: port })
    expect(reason).toBe('callback-port-taken')
    expect(message).toContain(`Port ${String(port)} is taken`)
  })

  it('has no browser, and there is no device code: that is said at once', async () => {
    const stage = await Stage.set({ variables: {} })
    const { reason, message } = await refusal(stage)
    expect(reason).toBe('no-browser')
    expect(message).toContain('--no-browser')
  })

  it('has no browser, but somebody reads the address: --no-browser', async () => {
    const stage = await Stage.set({ variables: {}, settings: { browser: false } })
    const connecting = stage.connect()
    await stage.until(() => stage.said.length > 0)
    const url = new URL(/open (\S+)$/.exec(stage.said[0] ?? '')?.[1] ?? '')
    await visit(url)
    expect(await echo(await connecting, 'by hand')).toBe('by hand')
    expect(stage.opened).toEqual([])
  })
})

describe('discovery that lies', () => {
  it('names another resource: no token is asked for', async () => {
    const stage = await Stage.set()
    stage.server.metadata = { resource: 'https://bank.example/mcp' }
    const { reason, message } = await refusal(stage)
    expect(reason).toBe('untrustworthy-metadata')
    expect(message).toContain('https://bank.example/mcp')
    expect(stage.opened).toEqual([])
  })

  it('names an authorization server that calls itself another', async () => {
    const stage = await Stage.set()
    const origin = await liar((own, path) =>
      path.includes('well-known') ? { ...metadataOf(own), issuer: 'https://bank.example' } : undefined,
    )
    stage.server.metadata = { authorization_servers: [origin] }
    expect(await refusal(stage)).toMatchObject({ reason: 'untrustworthy-metadata' })
  })

  it.each([
    ['a sign-in page that is no web address', { authorization_endpoint: 'ms-settings:privacy' }],
    ['a sign-in page that is not https', { authorization_endpoint: 'http://bank.example/authorize' }],
    ['a token endpoint that is not https', { token_endpoint: 'http://bank.example/token' }],
    ['no PKCE', { code_challenge_methods_supported: ['plain'] }],
    ['no code', { response_types_supported: ['token'] }],
    ['an endpoint that is no text', { authorization_endpoint: 7 }],
  ])('names %s: nothing is opened', async (_what, lie) => {
    const stage = await Stage.set()
    const origin = await liar((own, path) => {
      if (path.includes('well-known')) return { ...metadataOf(own), ...lie }
      return path === '/register' ? { client_id: 'c', redirect_uris: [] } : undefined
    })
    stage.server.metadata = { authorization_servers: [origin] }
    expect(await refusal(stage)).toMatchObject({ reason: 'untrustworthy-metadata' })
    expect(stage.opened).toEqual([])
  })

  it('names an authorization server that is not https', async () => {
    const stage = await Stage.set()
    stage.server.metadata = { authorization_servers: ['http://bank.example'] }
    const { reason, message } = await refusal(stage)
    expect(reason).toBe('untrustworthy-metadata')
    expect(message).toContain('not https')
  })

  it('never ends: it is cut off', async () => {
    const stage = await Stage.set()
    const origin = await liar((own, path) =>
      path.includes('well-known') ? { ...metadataOf(own), padding: 'x'.repeat(2 * 1024 * 1024) } : undefined,
    )
    stage.server.metadata = { authorization_servers: [origin] }
    const { reason, message } = await refusal(stage)
    expect(reason).toBe('untrustworthy-metadata')
    expect(message).toContain('bytes')
  })
})

describe('the authorization server', () => {
  it('is away: the host hears it, and nothing is forgotten', async () => {
    const stage = await Stage.set()
    const client = await stage.connect()
    await stage.issuer.expireAccessTokens()
    stage.issuer.isAway = true
    await expect(echo(client, 'too early')).rejects.toThrow('Try again in a moment')
    stage.issuer.isAway = false
    expect(await echo(client, 'back')).toBe('back')
    expect(stage.issuer.refreshes).toEqual([{ type: 'refresh_token', status: 200 }])
    expect(stage.opened).toHaveLength(1)
  })

  it('registers nobody: the host is told what to give', async () => {
    const stage = await Stage.set()
    const origin = await liar((own, path) => {
      const { registration_endpoint: endpoint, ...rest } = metadataOf(own)
      expect(endpoint).toContain('/register')
      return path.includes('well-known') ? rest : undefined
    })
    stage.server.metadata = { authorization_servers: [origin] }
    const { reason, message } = await refusal(stage)
    expect(reason).toBe('registration-refused')
    expect(message).toContain('--client-info')
  })

  it('does not exist: the host is told to give a token', async () => {
    const origin = await liar(() => undefined)
    const server = new URL('/mcp', origin)
    const stage = await Stage.set()
    const signIn = stage.signInTo(server)
    const fetch401 = () => Promise.resolve(new Response(null, { status: 401 }))
    const response = await withSignIn(signIn, server)(fetch401)(server, { method: 'POST', body: initialize })
    const { error } = (await response.json()) as { error: { message: string; data: { reason: string } } }
    expect(error.data.reason).toBe('not-offered')
    expect(error.message).toContain('--header')
  })
})

it('a server that refuses every token opens the browser once, not for ever', async () => {
  const stage = await Stage.set()
  const signIn = stage.signIn()
  const always401 = () => Promise.resolve(new Response(null, { status: 401 }))
  const bridgeFetch = withSignIn(signIn, stage.server.url)(always401)
  for (let call = 0; call < 3; call++) {
    const response = await bridgeFetch(stage.server.url, { method: 'POST', body: initialize })
    const { error } = (await response.json()) as { error: { data: { reason: string } } }
    expect(error.data.reason).toBe('token-refused')
  }
  expect(stage.opened).toHaveLength(1)
})

it('ends within its time, whatever it waits for', async () => {
  const stage = await Stage.set({ user: 'away' })
  const signIn = stage.signIn()
  const renewing = signIn.renew({ why: 'unauthorized', mayAskUser: true }, undefined)
  const told = expect(renewing).rejects.toMatchObject({ reason: 'stopped' })
  await stage.until(() => stage.opened.length === 1)
  const begin = performance.now()
  await signIn.close(1_000)
  expect(performance.now() - begin).toBeLessThan(900)
  await told
  await expect(signIn.renew({ why: 'unauthorized', mayAskUser: true }, undefined)).rejects.toMatchObject({
    reason: 'stopped',
  })
  expect(signIn).toBeInstanceOf(SignIn)
})

function metadataOf(origin: string) {
  return {
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    registration_endpoint: `${origin}/register`,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none'],
  }
}
