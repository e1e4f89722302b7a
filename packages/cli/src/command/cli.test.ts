import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type CliProcess, runCli, startCli } from '../testing/cli-process.fixture.js'
import {
  event,
  initializedLine,
  initializeLine,
  json,
  mcpScript,
  openEvents,
  type Received,
  type Script,
  startScriptedServer,
} from '../testing/scripted-server.fixture.js'
import { testCertificate, testKey } from '../testing/tls-identity.fixture.js'

let closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.reverse()) await close()
  closers = []
})

async function serve(script: Script) {
  const server = await startScriptedServer(script)
  closers.push(server.close)
  return server
}

function start(args: readonly string[], environment?: Record<string, string>): CliProcess {
  const cli = startCli(args, environment)
  closers.push(() => cli.child.kill('SIGKILL'))
  return cli
}

/** A bridge with a session, whose calls the script answers. */
async function connected(script: Script, args: readonly string[] = []) {
  const server = await serve(mcpScript(script))
  const cli = start([server.url.href, ...args])
  cli.send(initializeLine)
  await cli.stdout.next()
  cli.send(initializedLine)
  await server.request(({ method }) => method === 'GET')
  return { server, cli }
}

const call = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}'
const isCall = ({ message }: { message: { method?: string } }): boolean => message.method === 'tools/call'

describe('exit codes', () => {
  it('0 for help and version, on stdout', async () => {
    expect(await runCli(['--version'])).toMatchObject({ code: 0, stdout: '0.1.0', stderr: '' })
    const help = await runCli(['--help'])
    expect(help.code).toBe(0)
    expect(help.stdout).toContain("--header 'Authorization: Bearer ${API_TOKEN}'")
    expect(help.stdout).toContain('Exit codes:')
    // Where it is no terminal, it is made for 80 columns; the examples are not broken up.
    const options = help.stdout.slice(help.stdout.indexOf('Options:'), help.stdout.indexOf('Examples:'))
    for (const line of options.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  it.each([
    [[], 'no URL was given'],
    [['nonsense'], '"nonsense" is not a URL'],
    [['staus'], '"staus" is neither a command nor a URL. Did you mean mcp-tether status?'],
    [['localhost'], '"localhost" is not a URL; expected an address like https://example.com/mcp. Did you mean http'],
    [['http://h/', 'more'], 'too many arguments'],
    [['http://h/', '--bogus'], "unknown option '--bogus'"],
    [['http://h/', '--header'], "option '--header <header>' argument missing"],
    [['http://h/', '--header', 'X'], 'without a colon'],
    [['http://h/', '--recovery-timeout', 'soon'], 'expected seconds'],
    [['http://h/', '--outage-budget', '-1'], 'expected seconds, 0 or more'],
    [['http://h/', '--replay', 'always'], 'expected one of on-rejection, hinted, never'],
    [['http://h/', '--dialects', 'nosuch'], 'was given the dialect "nosuch"; expected all, none, or some of'],
    [['http://h/', '--announce-list-changes', 'x'], 'expected one of declared, always, never'],
    [['http://h/', '--log-level', 'loud'], 'expected one of silent, warn, info, debug'],
    [['http://h/', '--log-format', 'xml'], 'expected one of text, json'],
    [['http://h/', '--log-file', ''], '--log-file was given ""; expected the path of a file'],
  ])('2 for %j, with one line that says why', async (args, expected) => {
    const { code, stdout, stderr } = await runCli(args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^mcp-tether: [^\n]+$/)
    expect(stderr).toContain(expected)
  })

  it('6 for a log file that can not be written', async () => {
    const { code, stdout, stderr } = await runCli(['http://127.0.0.1:9/', '--log-file', tmpdir()])
    expect([code, stdout]).toEqual([6, ''])
    expect(stderr).toBe(`mcp-tether: --log-file: "${tmpdir()}" is a directory; expected a file`)
  })

  it('0 when the host closes the pipe before it said anything', async () => {
    expect(await runCli(['http://127.0.0.1:9/'])).toMatchObject({ code: 0, stdout: '', stderr: '' })
  })
})

describe('the end', () => {
  it.each(['SIGINT', 'SIGTERM', 'stdin'] as const)('by %s closes the session', async (how) => {
    const { server, cli } = await connected(() => undefined)
    const begin = performance.now()
    if (how === 'stdin') cli.child.stdin.end()
    else cli.child.kill(how)
    expect(await cli.exited).toEqual({ code: 0, signal: null })
    expect(performance.now() - begin).toBeLessThan(1000)
    const deleted = server.received.at(-1)
    expect([deleted?.method, deleted?.headers['mcp-session-id']]).toEqual(['DELETE', 's-secret-session-1'])
  })

  it('waits for answers in flight, and then closes the session', async () => {
    const { server, cli } = await connected(() => undefined)
    cli.send(call)
    const { response } = await server.request(isCall)
    cli.child.stdin.end()
    setTimeout(() => {
      json(response, { jsonrpc: '2.0', id: 1, result: 'late' })
    }, 200)
    expect(await cli.stdout.next()).toContain('late')
    expect((await cli.exited).code).toBe(0)
    expect(server.received.at(-1)?.method).toBe('DELETE')
  })

  it('sends what a host wrote before it closed the pipe', async () => {
    const server = await serve(
      mcpScript(({ response, message }) => {
        json(response, { jsonrpc: '2.0', id: message.id, result: 'done' })
      }),
    )
    const cli = start([server.url.href])
    cli.child.stdin.end(`${initializeLine}\n${initializedLine}\n${call}`)
    expect(await cli.stdout.containing('done')).toContain('"id":1')
    expect((await cli.exited).code).toBe(0)
  })

  it('comes within 2 s although neither the call nor the DELETE is answered, and says that the outcome is unknown', async () => {
    const server = await serve((received) => {
      if (received.method !== 'DELETE') return mcpScript(() => undefined)(received)
      return undefined
    })
    const cli = start([server.url.href])
    cli.send(initializeLine)
    await cli.stdout.next()
    cli.send(call)
    const { response } = await server.request(isCall)
    const closed = once(response, 'close')
    const begin = performance.now()
    cli.child.kill('SIGTERM')
    expect(await cli.exited).toEqual({ code: 0, signal: null })
    expect(performance.now() - begin).toBeLessThan(1900)
    expect(server.received.at(-1)?.method).toBe('DELETE')
    expect(JSON.parse(await cli.stdout.next())).toMatchObject({ id: 1, error: { code: -32011 } })
    await closed
  })

  it('is immediate at the second signal', async () => {
    const { server, cli } = await connected(() => undefined)
    cli.send(call)
    await server.request(isCall)
    cli.child.stdin.end()
    cli.child.kill('SIGTERM')
    await cli.stderr.containing('connected')
    const begin = performance.now()
    cli.child.kill('SIGINT')
    expect((await cli.exited).code).toBe(0)
    expect(performance.now() - begin).toBeLessThan(1000)
  })

  it('comes when nobody reads stdout any more', async () => {
    const { server, cli } = await connected(({ response, message }) => {
      json(response, { jsonrpc: '2.0', id: message.id, result: 'x'.repeat(100_000) })
    })
    cli.child.stdout.destroy()
    cli.send(call)
    expect(await cli.exited).toEqual({ code: 0, signal: null })
    expect(server.received.at(-1)?.method).toBe('DELETE')
  })

  it('comes within 2 s although the host does not read, which has slowed the server until then', async () => {
    let written = 0
    let stall!: () => void
    const stalled = new Promise<void>((resolve) => (stall = resolve))
    const line = event(`{"jsonrpc":"2.0","method":"n","params":"${'x'.repeat(100_000)}"}`)
    const { cli } = await connected(({ response }) => {
      openEvents(response)
      const write = (): void => {
        while (written < 256 * 1024 * 1024) {
          written += line.length
          if (response.write(line)) continue
          const timer = setTimeout(stall, 300)
          response.once('drain', () => {
            clearTimeout(timer)
            write()
          })
          return
        }
        stall()
      }
      write()
    })
    cli.child.stdout.pause()
    cli.send(call)
    await stalled
    expect(written).toBeLessThan(32 * 1024 * 1024)
    const begin = performance.now()
    const exited = once(cli.child, 'exit')
    cli.child.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
    expect(performance.now() - begin).toBeLessThan(1900)
  })
})

it('a token that has expired is the error of every call that waits, at once', async () => {
  let expired = false
  const ordinary = mcpScript(() => undefined)
  const server = await serve((received) => {
    if (!expired || received.method === 'DELETE') return ordinary(received)
    const { response, message } = received
    if (message.method === 'initialize') json(response, { error: 'invalid_token' }, 401)
    else json(response, { jsonrpc: '2.0', id: null, error: { code: -32001, message: 'Session not found' } }, 404)
    return undefined
  })
  const cli = start([server.url.href, '--header', 'Authorization:Bearer old'])
  cli.send(initializeLine)
  await cli.stdout.next()
  cli.send(initializedLine)
  await server.request(({ method }) => method === 'GET')
  expired = true
  const begin = performance.now()
  for (const id of [1, 2, 3, 4]) cli.send(call.replace('"id":1', `"id":${id}`))
  for (let count = 0; count < 4; count++) {
    const line = await cli.stdout.next()
    expect(line).toContain('401')
    expect(line).toContain('check the token in --header')
  }
  expect(performance.now() - begin).toBeLessThan(10_000)
})

describe('options of the engine', () => {
  it('--outage-budget 0: a server that is not ready is not waited for', async () => {
    const { server, cli } = await connected(({ response }) => response.writeHead(503).end(), ['--outage-budget', '0'])
    cli.send(call)
    expect(JSON.parse(await cli.stdout.next())).toMatchObject({ id: 1, error: { code: -32012 } })
    expect(server.received.filter(isCall)).toHaveLength(1)
  })

  it('--replay never: a refused call is not sent again', async () => {
    const { server, cli } = await connected(
      ({ response }) => {
        json(response, { jsonrpc: '2.0', id: null, error: { code: -32001, message: 'Session not found' } }, 404)
      },
      ['--replay', 'never'],
    )
    cli.send(call)
    expect(JSON.parse(await cli.stdout.next())).toMatchObject({ id: 1, error: { data: { code: 'not_replayed' } } })
    expect(server.received.filter(isCall)).toHaveLength(1)
  })
})

it('speaks TLS, with the certificates that Node is told to trust', async () => {
  const script = mcpScript(() => undefined)
  const tls = createTlsServer({ key: testKey, cert: testCertificate }, (request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      const message = (body === '' ? {} : JSON.parse(body)) as Received['message']
      void script({ method: request.method ?? '', headers: request.headers, body, message, request, response })
    })
  })
  tls.listen(0, '127.0.0.1')
  await once(tls, 'listening')
  const directory = await mkdtemp(join(tmpdir(), 'mcp-tether-'))
  closers.push(
    () => tls.close(),
    () => rm(directory, { recursive: true }),
  )
  await writeFile(join(directory, 'ca.pem'), testCertificate)
  const url = `https://localhost:${(tls.address() as AddressInfo).port}/mcp`

  const trusting = start([url], { NODE_EXTRA_CA_CERTS: join(directory, 'ca.pem') })
  trusting.send(initializeLine)
  expect(JSON.parse(await trusting.stdout.next())).toMatchObject({ id: 0, result: {} })
  trusting.child.stdin.end()
  expect((await trusting.exited).code).toBe(0)

  const wary = start([url])
  wary.send(initializeLine)
  expect(await wary.stdout.next()).toContain('its certificate is self-signed (DEPTH_ZERO_SELF_SIGNED_CERT)')
})

describe('what is said', () => {
  it('is one line when connected, without a secret, and nothing but messages on stdout', async () => {
    const environment = { TETHER_TEST_TOKEN: 'sesame-open-you-1' }
    const server = await serve(
      mcpScript(({ response, message, headers }) => {
        json(response, {
          jsonrpc: '2.0',
          id: message.id,
          result: headers.authorization === 'Bearer sesame-open-you-1',
        })
      }),
    )
    const cli = start([server.url.href, '--header', 'Authorization: Bearer ${TETHER_TEST_TOKEN}'], environment)
    for (const line of [initializeLine, initializedLine, call]) cli.send(line)
    await cli.stdout.next()
    expect(JSON.parse(await cli.stdout.next())).toMatchObject({ id: 1, result: true })
    cli.child.stdin.end()
    await cli.exited
    expect(cli.stderr.all).toEqual([
      expect.stringMatching(
        /^mcp-tether: connected to scripted 1 at http:.*\/mcp \(protocol 2025-06-18, session [0-9a-f]{8}\)$/,
      ),
    ])
    for (const line of cli.stdout.all) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' })
  })

  it('is every exchange with --verbose, without a secret', async () => {
    const { cli } = await connected(
      ({ response, message }) => {
        json(response, { jsonrpc: '2.0', id: message.id, result: {} })
      },
      ['--verbose', '--header', 'Authorization: Bearer sesame-open-you-1'],
    )
    cli.send(call)
    await cli.stdout.next()
    cli.child.stdin.end()
    await cli.exited
    const said = cli.stderr.all.join('\n')
    expect(said).toMatch(/^\d\d:\d\d:\d\d\.\d{3} → POST initialize #0$/m)
    expect(said).toMatch(/→ POST tools\/call #1 \(session [0-9a-f]{8}\)$/m)
    expect(said).toMatch(/← 200 tools\/call #1 in \d+ ms$/m)
    expect(said).toMatch(/← 200 DELETE in \d+ ms$/m)
    expect(said).not.toMatch(/sesame|secret-session/)
    expect(cli.stdout.all).toHaveLength(2)
  })

  it('is every exchange in a file, without a secret, and the same on stderr', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'mcp-tether-'))
    closers.push(() => rm(directory, { recursive: true }))
    const files = [join(directory, 'text.log'), join(directory, 'json.log')]
    for (const [index, format] of ['text', 'json'].entries()) {
      const secret = ['--header', 'Authorization: Bearer sesame-open-you-1']
      const { cli } = await connected(
        ({ response, message }) => {
          json(response, { jsonrpc: '2.0', id: message.id, result: {} })
        },
        ['--log-file', files[index] ?? '', '--log-format', format, '--log-level', 'debug', ...secret],
      )
      cli.send(call)
      await cli.stdout.next()
      cli.child.stdin.end()
      expect((await cli.exited).code).toBe(0)
      const text = await readFile(files[index] ?? '', 'utf8')
      expect(text).toMatch(/→ POST tools\/call #1 \(session [0-9a-f]{8}\)/)
      expect(text).toMatch(/connected to scripted 1 at /)
      // The very end too: the session is closed after the host has gone.
      expect(text).toMatch(/← 200 DELETE in \d+ ms/)
      expect(text + cli.stderr.all.join()).not.toMatch(/sesame|secret-session/)
      if (format === 'json') {
        const lines = [...cli.stderr.all, ...text.split('\n').slice(0, -1)]
        const types = lines.map((line) => (JSON.parse(line) as { event?: { type: string } }).event?.type)
        expect(types).toContain('session-bound')
      }
    }
  })

  it('is that nobody is there; the bridge stays, and the host may try again', async () => {
    const server = await startScriptedServer(() => undefined)
    await server.close()
    const cli = start([server.url.href, '--startup-timeout', '0'])
    for (let round = 0; round < 2; round++) {
      cli.send(initializeLine)
      expect(JSON.parse(await cli.stdout.next())).toMatchObject({ id: 0, error: { code: -32012 } })
    }
    expect(cli.stderr.all[0]).toBe(
      `mcp-tether: no MCP endpoint at ${server.url.href}: POST initialize failed: connection refused (ECONNREFUSED). ` +
        'Check the address, and that the server is running.',
    )
    cli.child.stdin.end()
    expect((await cli.exited).code).toBe(0)
  })
})

describe('a server that is not there yet', () => {
  it('is waited for, for the default minute; a host that leaves meanwhile is not waited with', async () => {
    const server = await startScriptedServer(() => undefined)
    await server.close()
    const cli = start([server.url.href])
    cli.send(initializeLine)
    expect(await cli.stderr.containing('waiting')).toBe(
      `mcp-tether: waiting for ${server.url.href}: connection refused (ECONNREFUSED); for up to 60 s`,
    )
    const begin = performance.now()
    cli.child.stdin.end()
    expect((await cli.exited).code).toBe(0)
    expect(performance.now() - begin).toBeLessThan(1_000)
    expect(cli.stdout.all).toHaveLength(1)
    expect(JSON.parse(cli.stdout.all[0] ?? '')).toMatchObject({ id: 0, error: { code: -32012 } })
  })
})
