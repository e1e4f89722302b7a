import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import type { Waits } from '../base/waits.js'

export interface RedisProcess {
  readonly url: string
  stop(): Promise<void>
  /** At once, when the run itself is to end. */
  kill(): void
}

/** A redis-server of the run's own, on loopback. @throws Error where there is none on this machine */
export async function startRedis(directory: string, waits: Waits): Promise<RedisProcess> {
  await mkdir(directory)
  const port = await freePort()
  const options = ['--bind', '127.0.0.1', '--port', String(port), '--dir', directory, '--save', '', '--daemonize', 'no']
  const child = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = new Promise<void>((resolve) =>
    child.once('close', () => {
      resolve()
    }),
  )
  const ready = new Promise<void>((resolve, reject) => {
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4_000)
      if (output.includes('Ready to accept connections')) resolve()
    })
    child.once('error', (error) => {
      reject(new Error(`redis-server could not be started (apt-get install redis-server): ${error.message}`))
    })
    void gone.then(() => {
      reject(new Error(`redis-server ended: ${output}`))
    })
  })
  await waits.within(30_000, 'redis-server starts', ready)
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGKILL')
      await waits.within(15_000, 'redis-server is gone', gone)
    },
    kill: () => void child.kill('SIGKILL'),
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
