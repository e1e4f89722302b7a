import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import type { Browser } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { binary, runCli, startCli } from '../packages/cli/src/testing/cli-process.fixture.js'
import { startEverythingServer, freePort } from '../packages/cli/src/testing/everything-server.fixture.js'
import { launchChromium, whyNoChromium } from './browser/chromium.js'
import { openCredentialStore } from '../packages/cli/src/user-state/open-credential-store.js'
import { AuthorizationServer } from './oauth/authorization-server.js'
import { ProtectedServer, type Seen } from './oauth/protected-server.js'
import { visit } from './oauth/user-agent.js'
import { BrowserDesk } from './sign-in/browser-desk.js'
import { echo } from './sign-in/stage.js'
import { serveV2 } from './transparency/sdk-servers.js'

/* The real command, as a host starts it: its own process, its own files, a browser that the platform's means find. */

let closers: (() => unknown)[] = []
let issuer: AuthorizationServer
let server: ProtectedServer
let desk: BrowserDesk
let home: string
let environment: Record<string, string>

beforeEach(async () => {
  for (const level of ['info', 'warn'] as const) vi.spyOn(console, level).mockImplementation(() => undefined)
  issuer = await AuthorizationServer.start()
  server = await ProtectedServer.start(serveV2, issuer, 'token first')
  desk = await BrowserDesk.start()
  home = await mkdtemp(join(tmpdir(), 'mcp-tether-home-'))
  environment = { ...desk.environment, MCP_TETHER_HOME: home }
  closers.push(
    () => issuer.close(),
    () => server.close(),
    () => desk.close(),
    () => rm(home, { recursive: true }),
  )
})

afterEach(async () => {
  for (const close of closers.reverse()) await close()
  closers = []
  vi.restoreAllMocks()
})

/** A host that starts the bridge. */
function host(args: readonly string[] = []): { client: Client; connected: Promise<void>; said: () => string } {
  const client = new Client({ name: 'host', version: '0.0.1' })
  const transport = new StdioClientTransport({
    ...{ command: process.execPath, args: [binary, server.url.href, ...args], stderr: 'pipe' },
    env: { ...(process.env as Record<string, string>), ...environment },
  })
  let said = ''
  transport.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
  closers.push(() => client.close())
  return { client, connected: client.connect(transport), said: () => said }
}

async function browserOpened(count: number): Promise<URL> {
  await desk.until(() => desk.opened.length >= count)
  return desk.opened[count - 1] ?? new URL('http://none')
}

describe('mcp-tether URL', () => {
  it('opens the browser at the first start only; the sign-in is in a file of the user’s own', async () => {
    const first = host()
    await visit(await browserOpened(1))
    await first.connected
    expect(await echo(first.client, 'first')).toBe('first')
    await first.client.close()

    const second = host()
    await second.connected
    expect(await echo(second.client, 'second')).toBe('second')
    await second.client.close()
    expect([desk.opened.length, issuer.registered.length]).toEqual([1, 1])

    const directory = join(home, 'credentials')
    const [name = ''] = (await readdir(directory)).filter((each) => each.endsWith('.json'))
    expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600)
    const tokens = /"access_token": "([^"]+)"[^]*"refresh_token": "([^"]+)"/.exec(
      await readFile(join(directory, name), 'utf8'),
    )
    expect(tokens).not.toBeNull()
    for (const token of tokens?.slice(1) ?? []) expect(first.said() + second.said()).not.toContain(token)
    const { stdout } = await runCli(['whoami', server.url.href], environment)
    expect(stdout).toContain('signed in')
    expect(stdout).toContain(issuer.issuer)
  })

  it('logout: the authorization server knows the tokens no more, and the next bridge asks the user again', async () => {
    const first = host()
    await visit(await browserOpened(1))
    await first.connected
    await first.client.close()
    const store = openCredentialStore({ environment, warn: () => undefined })
    const tokens = (await store.read(server.url))?.tokens
    expect(await issuer.knowsRefreshToken(tokens?.refresh_token ?? '')).toBe(true)
    expect(await runCli(['logout', server.url.href], environment)).toEqual({
      code: 0,
      stdout: `tokens revoked at ${issuer.issuer}\nsigned out of ${server.url.href}`,
      stderr: '',
    })
    expect(await issuer.knowsRefreshToken(tokens?.refresh_token ?? '')).toBe(false)
    expect((await issuer.introspect(tokens?.access_token ?? '')).active).toBe(false)
    expect(await readdir(join(home, 'credentials'))).toEqual([])
    const second = host()
    await visit(await browserOpened(2))
    await second.connected
  })

  it('two that start together: one window, one registration', async () => {
    const hosts = [host(), host()]
    const url = await browserOpened(1)
    // The other one has been refused too, and waits.
    await server.came(2, 'initialize')
    await visit(url)
    await Promise.all(hosts.map(({ connected }) => connected))
    expect(await Promise.all(hosts.map(({ client }, index) => echo(client, String(index))))).toEqual(['0', '1'])
    expect([desk.opened.length, issuer.registered.length]).toEqual([1, 1])
    expect(issuer.grants).toEqual([{ type: 'authorization_code', status: 200 }])

    await issuer.expireAccessTokens()
    expect(await Promise.all(hosts.map(({ client }, index) => echo(client, String(index))))).toEqual(['0', '1'])
    expect(issuer.refreshes).toEqual([{ type: 'refresh_token', status: 200 }])
  })

  it('a token that is revoked in the middle, by a server that has forgotten the session as well', async () => {
    const { client, connected, said } = host()
    await visit(await browserOpened(1))
    await connected
    await issuer.expireAccessTokens()
    await issuer.forgetRefreshTokens()
    server.loseSessions()
    const calls = ['a', 'b', 'c'].map((text) => echo(client, text))
    await visit(await browserOpened(2))
    expect(await Promise.all(calls)).toEqual(['a', 'b', 'c'])
    expect(desk.opened).toHaveLength(2)
    expect(said()).toContain('signed in to')
  })

  it('a ping of the bridge’s own renews the token, and opens no browser: that waits for a call of the host', async () => {
    const { client, connected } = host(['--keep-alive', '0.2'])
    await visit(await browserOpened(1))
    await connected
    await server.came(1, 'ping')
    await issuer.expireAccessTokens()
    const isRefusedPing = ({ what, status }: Seen) => what === 'ping' && status === 401
    await server.until(() => server.seen.some(isRefusedPing) && server.seen.at(-1)?.status === 200)
    expect(issuer.grants.map(({ type }) => type)).toEqual(['authorization_code', 'refresh_token'])

    await issuer.expireAccessTokens()
    await issuer.forgetRefreshTokens()
    const before = server.seen.filter(isRefusedPing).length
    // Whatever the first one has led to is over when there is a third.
    await server.until(() => server.seen.filter(isRefusedPing).length >= before + 3)
    expect(desk.opened).toHaveLength(1)

    const call = echo(client, 'somebody is there')
    await visit(await browserOpened(2))
    expect(await call).toBe('somebody is there')
  })

  it('ends at once while a user is awaited, and the next one need not wait for it', async () => {
    const cli = startCli([server.url.href], environment)
    closers.push(() => cli.child.kill('SIGKILL'))
    cli.send(
      '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"h","version":"1"}}}',
    )
    await browserOpened(1)
    const begin = performance.now()
    cli.child.kill('SIGTERM')
    expect(await cli.exited).toEqual({ code: 0, signal: null })
    expect(performance.now() - begin).toBeLessThan(1_990)
    const next = host()
    await visit(await browserOpened(2))
    await next.connected
    expect(issuer.registered).toHaveLength(1)
  })

  it('tells the host within the time when nobody signs in, and what to do', async () => {
    const { connected } = host(['--sign-in-timeout', '1.5'])
    await expect(connected).rejects.toThrow(/Nobody signed in within 2 s \(--sign-in-timeout\)/)
  })

  it('with a token in --header does not sign in', async () => {
    const { connected } = host(['--header', 'Authorization: Bearer old'])
    await expect(connected).rejects.toThrow('check the token in --header')
    expect(desk.opened).toEqual([])
  })

  it('where no token is wanted, loads nothing of the sign-in', async () => {
    const open = await startEverythingServer(await freePort())
    closers.push(() => open.kill())
    const coverage = join(home, 'coverage')
    const cli = startCli([open.url], { ...environment, NODE_V8_COVERAGE: coverage })
    closers.push(() => cli.child.kill('SIGKILL'))
    cli.send(
      '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"h","version":"1"}}}',
    )
    expect(await cli.stdout.next()).toContain('"id":0')
    cli.child.stdin.end()
    await cli.exited
    const [report = ''] = await readdir(coverage)
    const { result } = JSON.parse(await readFile(join(coverage, report), 'utf8')) as { result: { url: string }[] }
    const loaded = result.map(({ url }) => url).filter((url) => url.startsWith('file:'))
    expect(loaded.some((url) => url.endsWith('/main.js'))).toBe(true)
    expect(loaded.filter((url) => /authorizer|open|credential|user-state|sdk|zod/.test(url))).toEqual([])
  })
})

describe.skipIf(whyNoChromium)(`in Chromium${whyNoChromium ? ` (left out: ${whyNoChromium})` : ''}`, () => {
  let browser: Browser

  it('a user signs in, agrees, and is told to go back; later one refuses', async () => {
    browser = await launchChromium()
    closers.push(() => browser.close())
    const { client, connected } = host()
    const page = await browser.newPage()
    await page.goto((await browserOpened(1)).href)
    await page.fill('input[name=login]', 'ada')
    await page.fill('input[name=password]', 'any')
    await page.click('button[type=submit]')
    await page.click('button[type=submit]')
    await page.getByRole('heading', { name: 'Signed in' }).waitFor()
    expect(await page.textContent('p')).toContain('go back to your application')
    expect(page.url()).toMatch(/^http:\/\/127\.0\.0\.1:[23]\d{4}\/callback\?/)
    await connected
    expect(await echo(client, 'from a browser')).toBe('from a browser')

    await issuer.expireAccessTokens()
    await issuer.forgetRefreshTokens()
    const call = echo(client, 'not any more')
    const refused = expect(call).rejects.toThrow('access was not granted')
    await page.goto((await browserOpened(2)).href)
    await page.click('a[href$="/abort"]')
    await page.getByRole('heading', { name: 'Not signed in' }).waitFor()
    await refused
  })
})
