import { chmod, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CliProcess, runCli, startCli } from '../testing/cli-process.fixture.js'
import {
  initializedLine,
  initializeLine,
  json,
  mcpScript,
  type ScriptedServer,
  startScriptedServer,
} from '../testing/scripted-server.fixture.js'
import type { BridgeStatus } from '../user-state/running/status.js'

let home: string
let running: string
let closers: (() => unknown)[]

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'mcp-tether-home-'))
  running = join(home, 'running')
  closers = [() => rm(home, { recursive: true, force: true })]
})
afterEach(async () => {
  for (const close of closers.reverse()) await close()
})

const run = (...args: string[]) => runCli(args, { MCP_TETHER_HOME: home })

async function status(): Promise<BridgeStatus[]> {
  const { code, stdout, stderr } = await run('status', '--json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout) as BridgeStatus[]
}

async function serve(): Promise<ScriptedServer> {
  let lost = false
  const server = await startScriptedServer(
    mcpScript(({ message, response }) => {
      // The first call meets a server that has forgotten the session; after that it is there.
      if (!lost) {
        lost = true
        json(response, { jsonrpc: '2.0', id: null, error: { code: -32001, message: 'Session not found' } }, 404)
      } else json(response, { jsonrpc: '2.0', id: message.id, result: {} })
    }),
  )
  closers.push(server.close)
  return server
}

function start(url: URL, ...args: string[]): CliProcess {
  const cli = startCli([url.href, ...args], { MCP_TETHER_HOME: home })
  closers.push(async () => {
    cli.child.kill('SIGKILL')
    await cli.exited
  })
  return cli
}

async function connect(server: ScriptedServer): Promise<CliProcess> {
  const cli = start(new URL('?key=geheim', server.url))
  cli.send(initializeLine)
  await cli.stdout.next()
  cli.send(initializedLine)
  return cli
}

const written = (count: number): Promise<void> =>
  expect
    .poll(async () => (await readdir(running).catch(() => [])).filter((name) => name.endsWith('.json')), {
      timeout: 20_000,
      interval: 50,
    })
    .toHaveLength(count)

describe('status', () => {
  it('says when no bridge is running, and makes no directory', async () => {
    expect(await run('status')).toEqual({ code: 0, stdout: 'no bridge is running', stderr: '' })
    expect(await readdir(home)).toEqual([])
  })

  it('lists a bridge with its server, sessions, recoveries and last error, and nothing secret', async () => {
    const server = await serve()
    const cli = await connect(server)
    cli.send('{"jsonrpc":"2.0","id":1,"method":"tools/list"}')
    await cli.stdout.next()
    await expect.poll(status, { timeout: 20_000 }).toMatchObject([{ recoveries: 1 }])
    const [bridge] = await status()
    expect(bridge).toMatchObject({
      server: `${server.url.href}?…`,
      pid: cli.child.pid,
      sessions: 1,
      recoveries: 1,
      seen: true,
    })
    const table = (await run('status')).stdout.split('\n')
    expect(table[0]).toMatch(/^SERVER +PID +UP +SESSIONS +RECOVERIES$/)
    expect(table[1]).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:\\d+/mcp\\?… +${cli.child.pid} +\\d+ s +1 +1$`))
    const [name = ''] = await readdir(running)
    const text = await readFile(join(running, name), 'utf8')
    expect(text).not.toMatch(/geheim|s-secret-session/)
    if (process.platform !== 'win32') {
      expect((await stat(running)).mode & 0o777).toBe(0o700)
      expect((await stat(join(running, name))).mode & 0o777).toBe(0o600)
    }
  })

  it('shows a bridge whose server is not there, with the reason', async () => {
    const server = await serve()
    await server.close()
    closers = closers.filter((close) => close !== server.close)
    const cli = start(server.url, '--startup-timeout', '0')
    cli.send(initializeLine)
    await cli.stdout.next()
    await written(1)
    const [bridge] = await status()
    expect(bridge?.sessions).toBe(0)
    expect(bridge?.lastError?.message).toContain('ECONNREFUSED')
    expect((await run('status')).stdout.split('\n')[2]).toMatch(/^ {2}(in 0|\d+) seconds?( ago)?: .*ECONNREFUSED/)
  })

  it.each<[string, (cli: CliProcess) => void]>([
    ['SIGTERM', ({ child }) => child.kill('SIGTERM')],
    ['the end of its input', ({ child }) => child.stdin.end()],
    [
      'two signals, the second of which ends it at once',
      ({ child }) => {
        child.kill('SIGINT')
        child.kill('SIGTERM')
      },
    ],
  ])('forgets a bridge that was ended by %s', async (_case, end) => {
    const cli = await connect(await serve())
    await written(1)
    end(cli)
    await cli.exited
    expect(await readdir(running)).toEqual([])
  })

  it('forgets a bridge that was killed, and does not take another process for it', async () => {
    const cli = await connect(await serve())
    await written(1)
    const [name = ''] = await readdir(running)
    const file = join(running, name)
    const state = JSON.parse(await readFile(file, 'utf8')) as { process: Record<string, unknown> }
    cli.child.kill('SIGKILL')
    await cli.exited
    expect(await readdir(running)).toEqual([name])
    expect(await status()).toEqual([])
    expect(await readdir(running)).toEqual([])
    // Its number is in use again: by this very process.
    if (process.platform !== 'win32') {
      await writeFile(file, JSON.stringify({ ...state, process: { ...state.process, pid: process.pid } }), {
        mode: 0o600,
      })
      expect(await status()).toEqual([])
      expect(await readdir(running)).toEqual([])
    }
  })

  it('what a killed bridge has left is removed by the next bridge too', async () => {
    const server = await serve()
    const first = await connect(server)
    await written(1)
    const left = await readdir(running)
    first.child.kill('SIGKILL')
    await first.exited
    await writeFile(join(running, 'bridge-1-x.json.tmp'), '{')
    await utimes(join(running, 'bridge-1-x.json.tmp'), 0, 0)
    await connect(server)
    await expect
      .poll(() => readdir(running), { timeout: 20_000, interval: 50 })
      .toEqual([expect.not.stringMatching(left[0] ?? '') as string])
  })

  it('passes over files that are not as they should be, with a line each', async () => {
    await connect(await serve())
    await written(1)
    await writeFile(join(running, 'bridge-1-cut.json'), '{"version":1,', { mode: 0o600 })
    await writeFile(join(running, 'bridge-2-open.json'), '{}', { mode: 0o600 })
    await chmod(join(running, 'bridge-2-open.json'), 0o666)
    const { code, stdout, stderr } = await run('status', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toHaveLength(1)
    expect(stderr).toContain('bridge-1-cut.json is no state file of a bridge (cut off, perhaps); remove it')
    if (process.platform !== 'win32') expect(stderr).toContain('bridge-2-open.json can be written by other users')
  })

  it('ends with code 4 when the directory is none, and the bridge goes on without it', async () => {
    await writeFile(running, '')
    const { code, stderr } = await run('status')
    expect(code).toBe(4)
    expect(stderr).toContain('running is not a directory; move it away')
    const cli = await connect(await serve())
    cli.send('{"jsonrpc":"2.0","id":1,"method":"tools/list"}')
    expect(await cli.stdout.next()).toContain('"result"')
  })
})
