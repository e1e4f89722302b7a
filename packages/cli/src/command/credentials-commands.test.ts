import { once } from 'node:events'
import { chmod, chown, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TLSSocket } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as pki from '../testing/certificate-authority.fixture.js'
import { runCli } from '../testing/cli-process.fixture.js'
import { startConnectProxy } from '../testing/connect-proxy.fixture.js'
import { json, type Received, type Script, startScriptedServer } from '../testing/scripted-server.fixture.js'
import { openCredentialStore } from '../user-state/open-credential-store.js'
import type { StoredSignIn } from '../user-state/stored-sign-in.js'

const server = new URL('https://mcp.example.com/mcp')
let home: string
let closers: (() => unknown)[]

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'mcp-tether-home-'))
  closers = [() => rm(home, { recursive: true, force: true })]
})
afterEach(async () => {
  for (const close of closers.reverse()) await close()
})

const run = (...args: string[]) => runCli(args, { MCP_TETHER_HOME: home })
const store = () => openCredentialStore({ environment: { MCP_TETHER_HOME: home }, warn: () => undefined })
const save = (signIn: StoredSignIn) => store().update(new URL(signIn.server), () => Promise.resolve(signIn))

async function authorizationServer(script: Script) {
  const started = await startScriptedServer(script)
  closers.push(started.close)
  return started
}

function signInAt(issuer: string, metadata: Record<string, unknown> = {}): StoredSignIn {
  return {
    version: 1,
    server: server.href,
    issuer,
    clientInformation: { client_id: 'client:1', client_secret: 'geheim secret' },
    tokens: { access_token: 'geheim-access', token_type: 'Bearer', refresh_token: 'geheim-refresh', expires_in: 60 },
    obtainedAt: 0,
    discovery: {
      authorizationServerUrl: issuer,
      authorizationServerMetadata: {
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        response_types_supported: ['code'],
        ...metadata,
      },
    },
  }
}

describe('logout', () => {
  it('revokes the tokens as the client that has them, and removes everything', async () => {
    const login = await authorizationServer(({ response }) => response.writeHead(200).end())
    const issuer = login.url.origin
    await save(
      signInAt(issuer, {
        revocation_endpoint: `${issuer}/revoke`,
        revocation_endpoint_auth_methods_supported: ['client_secret_basic'],
      }),
    )
    expect(await run('logout', server.href)).toEqual({
      code: 0,
      stdout: `tokens revoked at ${issuer}\nsigned out of ${server.href}`,
      stderr: '',
    })
    const basic = `Basic ${Buffer.from('client%3A1:geheim+secret').toString('base64')}`
    expect(login.received.map(({ request, headers, body }) => [request.url, headers.authorization, body])).toEqual([
      ['/revoke', basic, 'token=geheim-refresh&token_type_hint=refresh_token'],
      ['/revoke', basic, 'token=geheim-access&token_type_hint=access_token'],
    ])
    expect(await readdir(join(home, 'credentials'))).toEqual([])
    expect(await run('logout', server.href)).toEqual({
      code: 0,
      stdout: `there was no sign-in to ${server.href}`,
      stderr: '',
    })
  })

  it('finds the endpoint that OpenID Connect Discovery names, and only of the same issuer', async () => {
    let named = 'https://other.example'
    const revoked: Received[] = []
    const login = await authorizationServer((received) => {
      const { request, response } = received
      const origin = `http://${request.headers.host}`
      if (request.url === '/.well-known/openid-configuration') {
        json(response, { issuer: named, revocation_endpoint: `${origin}/revoke` })
      } else if (request.url === '/revoke') {
        revoked.push(received)
        response.writeHead(200).end()
      } else response.writeHead(404).end()
    })
    const issuer = login.url.origin
    await save(signInAt(issuer))
    expect((await run('logout', server.href)).stdout).toBe(`signed out of ${server.href}`)
    expect(revoked).toHaveLength(0)
    named = issuer
    await save(signInAt(issuer))
    expect((await run('logout', server.href)).stdout).toBe(`tokens revoked at ${issuer}\nsigned out of ${server.href}`)
    expect(revoked).toHaveLength(2)
  })

  it.each<[string, Script, RegExp]>([
    ['refuses', ({ response }) => response.writeHead(503).end(), /it answered 503/],
    ['is gone', ({ request }) => request.socket.destroy(), /ECONNRESET/],
    ['does not answer', () => undefined, /it did not answer in time/],
  ])('removes what is stored although the revocation %s', async (_case, script, reason) => {
    const login = await authorizationServer(script)
    const issuer = login.url.origin
    await save(signInAt(issuer, { revocation_endpoint: `${issuer}/revoke` }))
    const { code, stdout, stderr } = await run('logout', server.href)
    expect({ code, stdout }).toEqual({ code: 0, stdout: `signed out of ${server.href}` })
    expect(stderr).toMatch(/^mcp-tether: the tokens could not be revoked at http:.*; they are valid until they expire$/)
    expect(stderr).toMatch(reason)
    expect(stderr).not.toContain('geheim')
  })

  it('sends no token where it could be read on the way', async () => {
    await save(signInAt('https://login.example', { revocation_endpoint: 'http://login.example/revoke' }))
    const { code, stderr } = await run('logout', server.href)
    expect(code).toBe(0)
    expect(stderr).toContain('could not be revoked at https://login.example (InsecureTokenEndpointError)')
  })

  describe('at an authorization server with a private authority, behind a proxy', () => {
    const behindProxy = new URL('https://mcp.test/mcp')
    let shown: unknown[]
    let files: Record<'ca' | 'cert' | 'key', string>
    let variables: Record<string, string>

    beforeEach(async () => {
      shown = []
      const options = { key: pki.serverKey, cert: pki.serverCertificate, ca: pki.authorityCertificate }
      const login = createServer({ ...options, requestCert: true, rejectUnauthorized: false }, (request, response) => {
        const { subject } = request.socket instanceof TLSSocket ? request.socket.getPeerCertificate() : {}
        shown.push(subject?.CN)
        response.end()
      }).listen(0, '127.0.0.1')
      await once(login, 'listening')
      const proxy = await startConnectProxy({ port: (login.address() as AddressInfo).port })
      closers.push(() => login.close(), proxy.close)
      variables = { https_proxy: proxy.url.href }
      const written = { ca: pki.authorityCertificate, cert: pki.clientCertificate, key: pki.clientKey }
      const paths = Object.entries(written).map(([name, text]) => [name, join(home, `${name}.pem`), text] as const)
      for (const [, path, text] of paths) await writeFile(path, text)
      files = Object.fromEntries(paths) as typeof files
      const issuer = behindProxy.origin
      await save({ ...signInAt(issuer, { revocation_endpoint: `${issuer}/revoke` }), server: behindProxy.href })
    })

    const sayRevoked = `tokens revoked at ${behindProxy.origin}`

    it('is given the authority and the certificate that the bridge is given', async () => {
      const { ca, cert, key } = files
      const words = ['logout', behindProxy.href, '--ca', ca, '--cert', cert, '--key', key]
      expect(await runCli(words, { MCP_TETHER_HOME: home, ...variables })).toEqual({
        code: 0,
        stdout: `${sayRevoked}\nsigned out of ${behindProxy.href}`,
        stderr: '',
      })
      expect(shown).toEqual(['test client', 'test client'])
    })

    it('takes them from the environment and a configuration file, too', async () => {
      const config = join(home, 'config.json')
      await writeFile(
        config,
        JSON.stringify({ url: behindProxy.href, cert: 'cert.pem', key: 'key.pem', replay: 'never' }),
      )
      const words = ['logout', behindProxy.href, '--config', config]
      const { stdout } = await runCli(words, { MCP_TETHER_HOME: home, MCP_TETHER_CA: files.ca, ...variables })
      expect(stdout).toContain(sayRevoked)
      expect(shown).toEqual(['test client', 'test client'])
    })

    it('--all trusts the authority, and shows no certificate, which is for one server', async () => {
      const { ca, cert, key } = files
      const words = ['logout', '--all', '--ca', ca, '--cert', cert, '--key', key]
      const { stdout } = await runCli(words, { MCP_TETHER_HOME: home, ...variables })
      expect(stdout).toBe(`${sayRevoked}\nsigned out of 1 server`)
      expect(shown).toEqual([undefined, undefined])
    })

    it('is refused in words with a file that is not there', async () => {
      const { code, stdout, stderr } = await run('logout', behindProxy.href, '--ca', join(home, 'none.pem'))
      expect({ code, stdout }).toEqual({ code: 6, stdout: '' })
      expect(stderr).toMatch(/^mcp-tether: --ca: .*none\.pem" does not exist$/)
    })

    it('is not trusted without', async () => {
      const { code, stderr } = await runCli(['logout', behindProxy.href], { MCP_TETHER_HOME: home, ...variables })
      expect(code).toBe(0)
      expect(stderr).toContain('could not be revoked at https://mcp.test (SELF_SIGNED_CERT_IN_CHAIN)')
    })
  })

  it('--all removes every sign-in, and files that can no longer be read', async () => {
    await save(signInAt('https://login.example'))
    await save({ version: 1, server: 'https://another.example/mcp' })
    await writeFile(join(home, 'credentials', 'broken-0.json'), '{', { mode: 0o600 })
    const { code, stdout, stderr } = await run('logout', '--all')
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'signed out of 3 servers' })
    expect(stderr).toMatch(/^mcp-tether: .*broken-0\.json can't be used: it is no valid JSON/)
    expect(await readdir(join(home, 'credentials'))).toEqual([])
    expect((await run('logout', '--all')).stdout).toBe('there was no sign-in')
  })

  it('removes a file that can not be read, and says so', async () => {
    await save(signInAt('https://login.example'))
    await writeFile(store().fileFor(server), '{"version":')
    const { code, stdout, stderr } = await run('logout', server.href)
    expect({ code, stdout }).toEqual({ code: 0, stdout: `signed out of ${server.href}` })
    expect(stderr).toContain('it is no valid JSON (cut off, perhaps)')
    expect(await readdir(join(home, 'credentials'))).toEqual([])
  })

  it.each([
    [['logout'], "no URL was given; expected the server's address: mcp-tether logout https://example.com/mcp"],
    [['logout', '--all', 'http://x/'], 'logout was given a URL and --all; expected one of them'],
    [['logout', 'x'], '"x" is not a URL'],
    [['whoami', 'ftp://x'], '"ftp://x" is a ftp: address'],
    [['whoami', 'http://x/', 'y'], 'too many arguments'],
    [['whoami', '--jsn', 'http://x/'], "unknown option '--jsn'"],
  ])('%j ends with code 2', async (args, text) => {
    const { code, stdout, stderr } = await run(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(`mcp-tether: ${text}`)
    expect(stderr.split('\n')).toHaveLength(1)
  })
})

describe('whoami', () => {
  it('says who, in lines and as JSON, and nothing secret', async () => {
    await save(signInAt('https://login.example'))
    const text = await run('whoami', server.href)
    expect(text).toMatchObject({ code: 0, stderr: '' })
    expect(text.stdout).toContain(`${server.href}: signed in\n  issuer       https://login.example\n`)
    const { code, stdout } = await run('whoami', server.href, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ signedIn: true, expired: true, file: store().fileFor(server) })
    expect(text.stdout + stdout).not.toContain('geheim')
  })

  it('has a code of its own for nobody', async () => {
    expect(await run('whoami', server.href)).toEqual({ code: 4, stdout: `${server.href}: not signed in`, stderr: '' })
    const { code, stdout } = await run('whoami', '--json', server.href)
    expect({ code, found: JSON.parse(stdout) as unknown }).toEqual({
      code: 4,
      found: { server: server.href, signedIn: false },
    })
    expect(await readdir(home)).toEqual([])
  })

  const unusable: [string, () => Promise<unknown>, RegExp][] = [
    ['truncated', () => writeFile(store().fileFor(server), ''), /can't be used: it is empty; remove it/],
    ['writable by others', () => chmod(store().fileFor(server), 0o666), /can be written by other users \(mode 0666\)/],
    [
      'a directory',
      async () => {
        await rm(store().fileFor(server))
        await mkdir(store().fileFor(server))
      },
      /is not a regular file; move it away$/,
    ],
    [
      'in a directory that is a file',
      async () => {
        await rm(join(home, 'credentials'), { recursive: true })
        await writeFile(join(home, 'credentials'), '')
      },
      /credentials is not a directory; move it away/,
    ],
  ]
  if (process.getuid?.() === 0) {
    unusable.push([
      "another user's",
      () => chown(store().fileFor(server), 65534, 65534),
      /belongs to another user \(id 65534,/,
    ])
  }
  it.each(unusable)('ends with code 4 for a file that is %s', async (_case, spoil, message) => {
    await save(signInAt('https://login.example'))
    await spoil()
    const { code, stdout, stderr } = await run('whoami', server.href)
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
    expect(stderr).toMatch(message)
    expect(stderr.split('\n')).toHaveLength(1)
    expect(stderr).not.toContain('geheim')
  })

  it('closes a file that others could read, and says so on stderr', async () => {
    await save(signInAt('https://login.example'))
    const file = store().fileFor(server)
    await chmod(file, 0o644)
    const { code, stderr } = await run('whoami', server.href)
    expect(code).toBe(0)
    expect(stderr).toMatch(/could be read by other users \(mode 0644\); it is 0600 now/)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it('asks for an absolute MCP_TETHER_HOME', async () => {
    const { code, stderr } = await runCli(['whoami', server.href], { MCP_TETHER_HOME: 'here' })
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'mcp-tether: MCP_TETHER_HOME is "here"; expected an absolute path of a directory',
    })
  })
})
