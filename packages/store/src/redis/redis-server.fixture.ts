import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whether there is a redis-server; on a machine that has to have one its absence is an error. */
export const hasRedis = (() => {
  if (spawnSync('redis-server', ['--version']).status === 0) return true
  const isRequired = (process.env.MCP_TETHER_REQUIRE ?? '').split(',').includes('redis')
  if (isRequired) throw new Error('MCP_TETHER_REQUIRE says redis, and there is no redis-server.')
  process.stderr.write('Skipped: the tests of Redis need redis-server (apt-get install redis-server).\n')
  return false
})()

export interface RedisServer {
  readonly port: number
  readonly directory: string
  /** Ends the process; its data stays. */
  stop(signal?: NodeJS.Signals): Promise<void>
  /** Starts it again, on the same port and data. */
  start(): Promise<void>
  /** Ends it and removes its data. */
  close(): Promise<void>
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** A redis-server of the test's own, on loopback, that writes every command to its append-only file. */
export async function startRedis(
  extra: string[] = [],
  given?: { port?: number; mode?: 'sentinel' },
): Promise<RedisServer> {
  const port = given?.port ?? (await freePort())
  const directory = mkdtempSync(join(tmpdir(), 'tether-redis-'))
  let child: ChildProcess | undefined
  const common = ['--bind', '127.0.0.1', '--port', String(port), '--dir', directory, '--daemonize', 'no']
  const options =
    given?.mode === 'sentinel'
      ? [...extra.slice(0, 1), '--sentinel', ...common, ...extra.slice(1)]
      : [...common, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always', ...extra]

  const server: RedisServer = {
    port,
    directory,
    async start() {
      const started = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] })
      child = started
      await new Promise<void>((resolve, reject) => {
        let output = ''
        started.stdout.on('data', (chunk) => {
          output = `${output}${String(chunk)}`.slice(-20_000)
          if (/Ready to accept connections|Sentinel ID is/.test(output)) resolve()
        })
        started.once('exit', () => {
          reject(new Error(`redis-server ended:\n${output}`))
        })
      })
    },
    async stop(signal = 'SIGTERM') {
      const running = child
      child = undefined
      if (running?.exitCode !== null) return
      const gone = new Promise((resolve) => running.once('exit', resolve))
      running.kill(signal)
      await gone
    },
    async close() {
      await server.stop('SIGKILL')
      rmSync(directory, { recursive: true, force: true })
    },
  }
  await server.start()
  return server
}

/** Runs redis-cli. */
export function redisCli(port: number, ...command: string[]): string {
  const { stdout, stderr, status } = spawnSync('redis-cli', ['-p', String(port), ...command], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`redis-cli ${command.join(' ')}: ${stdout}${stderr}`)
  return stdout
}
