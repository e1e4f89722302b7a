import { afterEach, describe, expect, it } from 'vitest'
import { type CliProcess, startCli } from '../testing/cli-process.fixture.js'
import { initializedLine, initializeLine, json } from '../testing/scripted-server.fixture.js'
import { type SessionServerOptions, startSessionServer } from '../testing/session-server.fixture.js'

/* What the recovery does through the real command, where the scenarios of packages/survival do not play it. */

let closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.reverse()) await close()
  closers = []
})

type SessionServer = Awaited<ReturnType<typeof startSessionServer>>

async function serve(options?: SessionServerOptions): Promise<SessionServer> {
  const server = await startSessionServer(options)
  closers.push(server.close)
  return server
}

/** A bridge that is connected. */
async function bridge(server: SessionServer, args: readonly string[] = []): Promise<CliProcess> {
  const cli = startCli([server.url.href, ...args])
  closers.push(() => cli.child.kill('SIGKILL'))
  cli.send(initializeLine)
  await cli.stdout.containing('"id":0')
  cli.send(initializedLine)
  // The last of what it does by itself: nothing of its own is under way when the session is lost.
  await server.request(({ method }) => method === 'GET')
  return cli
}

interface Answer {
  readonly result?: { readonly content: readonly { readonly text: string }[] }
  readonly error?: { readonly data: Readonly<Record<string, unknown>> }
}

async function call(cli: CliProcess, id: number): Promise<Answer> {
  cli.send(`{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"write"}}`)
  return JSON.parse(await cli.stdout.containing(`"id":${id}`)) as Answer
}

/** The sequence in which something happened at the server: methods of JSON-RPC and HTTP. */
const methods = ({ received }: SessionServer): string[] =>
  received.map(({ method, message }) => message.method ?? method)

describe('a session that the bridge has begun', () => {
  it('is the only one, and ended with the bridge; so is the one that takes its place', async () => {
    const server = await serve()
    const cli = await bridge(server)
    expect((await call(cli, 1)).result?.content[0]?.text).toBe('s-1-secret-session')
    expect([server.initializes().length, server.live()]).toEqual([1, 1])
    server.redeploy()
    expect((await call(cli, 2)).result?.content[0]?.text).toBe('s-2-secret-session')
    expect([server.initializes().length, server.live()]).toEqual([2, 1])
    cli.child.stdin.end()
    expect(await cli.exited).toEqual({ code: 0, signal: null })
    expect(server.live()).toBe(0)
    expect(methods(server).filter((method) => method === 'DELETE')).toHaveLength(1)
  })

  it('is known to no host: none of its ids is on stdout or stderr', async () => {
    const server = await serve()
    const cli = await bridge(server, ['--verbose', '--log-format', 'json'])
    server.redeploy()
    expect((await call(cli, 1)).result).toBeDefined()
    const said = [...cli.stderr.all, ...cli.stdout.all.filter((line) => !line.includes('"result":{"content"'))]
    expect(said.length).toBeGreaterThan(5)
    for (const line of said) expect(line).not.toContain('secret-session')
  })
})

it('503 for a session that the server does not know: it is renewed, and the call runs once', async () => {
  const server = await serve({ refuse: ({ response }) => response.writeHead(503).end('An error occurred') })
  const cli = await bridge(server)
  server.redeploy()
  expect((await call(cli, 1)).result).toBeDefined()
  expect(server.executions()).toBe(1)
  expect(await cli.stderr.containing('recovered')).toContain('session lost (503)')
})

describe('--replay hinted', () => {
  it('sends a call again whose refusal proves that it was not run: Mcp-Not-Dispatched: 1', async () => {
    const server = await serve({
      refuse: ({ response }) => response.writeHead(404, { 'mcp-not-dispatched': '1' }).end(),
    })
    const cli = await bridge(server, ['--replay', 'hinted'])
    server.redeploy()
    expect((await call(cli, 1)).result).toBeDefined()
    expect(server.executions()).toBe(1)
  })

  it('leaves it to the caller without that proof', async () => {
    const server = await serve()
    const cli = await bridge(server, ['--replay', 'hinted'])
    server.redeploy()
    expect((await call(cli, 1)).error?.data).toMatchObject({ code: 'not_replayed' })
    expect((await call(cli, 2)).result).toBeDefined()
    expect(server.executions()).toBe(1)
  })
})

it('a server that comes back as another: the log says what it is now', async () => {
  const server = await serve()
  const cli = await bridge(server)
  server.redeploy()
  expect((await call(cli, 1)).result).toBeDefined()
  expect(await cli.stderr.containing('as another')).toContain('scripted 1 → scripted 2 (serverInfo)')
})

it('recoveries that keep failing are suspended: the server is left alone, and the call told for how long', async () => {
  let isBroken = false
  const server = await serve({
    intercept({ message, response }) {
      if (!isBroken || message.method !== 'initialize') return false
      json(response, { jsonrpc: '2.0', id: message.id, error: { code: -32603, message: 'broken' } })
      return true
    },
  })
  const cli = await bridge(server)
  server.redeploy()
  isBroken = true
  const codes: unknown[] = []
  for (let id = 1; id <= 5; id++) codes.push((await call(cli, id)).error?.data.code)
  expect(codes).toEqual(Array.from({ length: 5 }, () => 'recovery_failed'))
  const asked = server.initializes().length
  const { data } = (await call(cli, 6)).error ?? { data: {} }
  expect(data).toMatchObject({ code: 'recovery_suspended' })
  expect(data.retryAfterMs).toBeGreaterThan(1_000)
  expect(server.initializes()).toHaveLength(asked)
  expect(await cli.stderr.containing('none is tried')).toContain('recoveries keep failing')
})

it('eight bridges that lose their server together come back at different moments', { timeout: 60_000 }, async () => {
  const back: number[] = []
  let lostAt = Infinity
  const server = await serve({
    offersStream: true,
    intercept({ message }) {
      if (message.method === 'initialize' && lostAt !== Infinity) back.push(performance.now() - lostAt)
      return false
    },
  })
  await Promise.all(Array.from({ length: 8 }, () => bridge(server)))
  await expect.poll(server.streams, { timeout: 20_000 }).toBe(8)
  lostAt = performance.now()
  server.redeploy()
  // Nobody calls anything: each renews its session all the same.
  await expect.poll(() => back.length, { timeout: 20_000 }).toBe(8)
  expect(server.live()).toBe(8)
  // Half a second to a second later, each at a moment of its own.
  expect(Math.min(...back)).toBeGreaterThan(450)
  expect(Math.max(...back) - Math.min(...back)).toBeGreaterThan(60)
})
