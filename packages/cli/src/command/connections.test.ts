import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import * as pki from '../testing/certificate-authority.fixture.js'
import { binary, runCli, startCli } from '../testing/cli-process.fixture.js'
import { startConnectProxy } from '../testing/connect-proxy.fixture.js'
import { type EverythingServer, freePort, startEverythingServer } from '../testing/everything-server.fixture.js'
import { LineReader } from '../testing/line-reader.fixture.js'
import { passOn } from '../testing/pass-on.fixture.js'
import { initializeLine } from '../testing/scripted-server.fixture.js'
import { type ScratchDirectory, scratchDirectory } from '../testing/scratch-directory.fixture.js'
import { startStickyBalancer } from '../testing/sticky-balancer.fixture.js'

// Each starts several processes.
vi.setConfig({ testTimeout: 60_000 })

let scratch: ScratchDirectory
let closers: (() => unknown)[] = []
beforeEach(async () => {
  scratch = await scratchDirectory()
  closers.push(scratch.remove)
})
afterEach(async () => {
  for (const close of closers.reverse()) await close()
  closers = []
})

async function everything(): Promise<EverythingServer> {
  const server = await startEverythingServer(await freePort())
  closers.push(server.kill)
  return server
}

/** A host with the real bridge between it and a server. */
async function host(args: readonly string[], env: Record<string, string> = {}) {
  const client = new Client({ name: 'test', version: '1' })
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [binary, ...args],
    env: { ...env, PATH: process.env.PATH ?? '' },
    stderr: 'pipe',
  })
  const { stderr } = transport
  if (!(stderr instanceof Readable)) throw new Error('no stderr')
  const lines = new LineReader(stderr)
  closers.push(() => client.close())
  await client.connect(transport)
  return { client, lines }
}

const echo = (client: Client, message: string) => client.callTool({ name: 'echo', arguments: { message } })

/** The reference server behind TLS, for clients with a certificate only. */
async function behindMutualTls(): Promise<number> {
  const { port } = await everything()
  const server = createServer(
    { key: pki.serverKey, cert: pki.serverCertificate, ca: pki.authorityCertificate, requestCert: true },
    (request, response) => {
      passOn(request, response, port)
    },
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

describe('two servers behind a balancer that knows clients by their cookie', () => {
  it('are one to the bridge: no call is lost, and no session renewed', async () => {
    const balancer = await startStickyBalancer([(await everything()).port, (await everything()).port])
    closers.push(balancer.close)
    const { client, lines } = await host([balancer.url])
    for (let call = 0; call < 6; call++) {
      expect(await echo(client, `call ${call}`)).toMatchObject({ content: [{ text: `Echo: call ${call}` }] })
    }
    await Promise.all(Array.from({ length: 10 }, (_, index) => echo(client, String(index))))
    expect(new Set(balancer.choices)).toEqual(new Set([0]))
    expect(lines.all).toEqual([expect.stringContaining('connected to')])
  })

  it('are two without cookies: every other request meets a server that knows nothing of the session', async () => {
    const balancer = await startStickyBalancer([(await everything()).port, (await everything()).port])
    closers.push(balancer.close)
    const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
    const first = await fetch(balancer.url, { method: 'POST', headers, body: initializeLine })
    const session = first.headers.get('mcp-session-id') ?? ''
    await first.text()
    const second = await fetch(balancer.url, {
      method: 'POST',
      headers: { ...headers, 'mcp-session-id': session },
      body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
    })
    await second.text()
    expect([first.status, second.ok]).toEqual([200, false])
  })
})

describe('a server behind a proxy, with a private authority, that wants a certificate', () => {
  it('is worked with like any other', async () => {
    const proxy = await startConnectProxy({ port: await behindMutualTls() })
    closers.push(proxy.close)
    const ca = await scratch.write('ca.pem', pki.authorityCertificate)
    const cert = await scratch.write('client.pem', pki.clientCertificate)
    const key = await scratch.write('client.key', pki.encryptedClientKey)
    const url = new URL(proxy.url)
    url.username = 'me'
    url.password = 'geheim'
    const { client, lines } = await host(
      ['https://mcp.test/mcp', '--ca', ca, '--cert', cert, '--key', key, '--key-passphrase', '${SECRET}'],
      { SECRET: 'sesame', https_proxy: url.href },
    )
    expect(await echo(client, 'through')).toMatchObject({ content: [{ text: 'Echo: through' }] })
    expect(proxy.asked.every((asked) => asked === 'CONNECT mcp.test:443')).toBe(true)
    expect(proxy.headers[0]?.['proxy-authorization']).toMatch(/^Basic /)
    expect(lines.all).toEqual([expect.stringContaining('connected to')])
  })
})

describe('a proxy that turns away', () => {
  async function throughProxy() {
    const proxy = await startConnectProxy({ port: await behindMutualTls() })
    closers.push(proxy.close)
    const ca = await scratch.write('ca.pem', pki.authorityCertificate)
    const cert = await scratch.write('both.pem', `${pki.clientCertificate}${pki.clientKey}`)
    const args = ['https://mcp.test/mcp', '--ca', ca, '--cert', cert]
    const { client } = await host(args, { https_proxy: proxy.url.href })
    return { client, proxy }
  }

  it('for a while, with 503 to CONNECT, is an outage: a call waits for its end', async () => {
    const { client, proxy } = await throughProxy()
    proxy.turn(503)
    const before = proxy.asked.length
    const call = echo(client, 'late')
    await expect.poll(() => proxy.asked.length, { timeout: 20_000 }).toBeGreaterThan(before + 2)
    proxy.turn(undefined)
    expect(await call).toMatchObject({ content: [{ text: 'Echo: late' }] })
  })

  it('for good, with 407, is told to the call at once', async () => {
    const { client, proxy } = await throughProxy()
    proxy.turn(407)
    // Until they are gone, the kept connections could be taken for it.
    await expect.poll(proxy.connections).toBe(0)
    const begin = performance.now()
    await expect(echo(client, 'never')).rejects.toThrow(`the proxy ${proxy.url.host} wants a user name and password`)
    expect(performance.now() - begin).toBeLessThan(10_000)
  })
})

describe('a proxy that does not let the bridge through', () => {
  async function told(answer: number | undefined): Promise<{ error: string; stderr: string; proxy: string }> {
    const proxy = await startConnectProxy({ port: await freePort(), ...(answer === undefined ? {} : { answer }) })
    closers.push(proxy.close)
    if (answer === undefined) await proxy.close()
    const cli = startCli(['https://mcp.test/mcp', '--startup-timeout', '0'], {
      HTTPS_PROXY: proxy.url.href.replace('//', '//me:geheim@'),
    })
    closers.push(() => cli.child.kill('SIGKILL'))
    cli.send(initializeLine)
    const error = await cli.stdout.next()
    expect(JSON.parse(error)).toMatchObject({ id: 0, error: { code: -32012 } })
    return { error, stderr: await cli.stderr.next(), proxy: proxy.url.host }
  }

  it.each([
    [407, 'wants a user name and password'],
    [403, 'does not allow connections to the server (it answered 403 Refused)'],
    [503, 'could not reach the server (it answered 503 Refused)'],
  ])('is named, with %i and what that means', async (status, words) => {
    const { error, stderr, proxy } = await told(status)
    expect(error).toContain(`the proxy ${proxy} ${words}`)
    expect(stderr).toContain(`the proxy ${proxy} ${words}`)
    expect(error + stderr).not.toContain('geheim')
  })

  it('because it is down is named', async () => {
    const { error, stderr, proxy } = await told(undefined)
    expect(error).toContain(`connection refused, at the proxy ${proxy} (ECONNREFUSED)`)
    expect(stderr).toContain(`at the proxy ${proxy}`)
  })

  it('because it is none that can be used is said at once', async () => {
    const { code, stdout, stderr } = await runCli(['https://mcp.test/mcp'], { ALL_PROXY: 'socks5://me:geheim@p:1080' })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^mcp-tether: the environment variable ALL_PROXY is a socks5: address; expected[^\n]*$/)
    expect(stderr).not.toContain('geheim')
  })
})

it('headers of a file are sent, and a file that others can read is warned of', async () => {
  await scratch.write('headers', 'X-Test: ${SECRET}\n', 0o644)
  const { port } = await everything()
  const proxy = await startConnectProxy({ port })
  closers.push(proxy.close)
  const { client, lines } = await host(
    ['http://mcp.test/mcp', '--allow-http', '--header-file', join(scratch.path, 'headers')],
    { SECRET: 'sesame-open', http_proxy: proxy.url.href },
  )
  expect(await echo(client, 'hello')).toMatchObject({ content: [{ text: 'Echo: hello' }] })
  expect(lines.all[0]).toMatch(/--header-file: ".*headers" can be read by every user of this machine.*chmod 600/)
  expect(proxy.headers.every((headers) => headers['x-test'] === 'sesame-open')).toBe(true)
})

it('http: to another machine is refused, with what to do', async () => {
  const { code, stderr } = await runCli(['http://mcp.example.com/mcp'])
  expect(code).toBe(2)
  expect(stderr).toContain('add --allow-http')
})
