import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'))

/** The official reference server, as a process of its own that can be killed. */
export interface ReferenceServer {
  readonly pid: number
  /** `kill -9`: it has no chance to say goodbye. Resolves when the process is gone. */
  kill(): Promise<void>
}

/** Starts the server on this port of the loopback; resolves when it listens. */
export async function startReferenceServer(port: number): Promise<ReferenceServer> {
  const child = spawn(process.execPath, [program, 'streamableHttp'], {
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  // However the story ends, its server ends with it.
  const killAtExit = () => child.kill('SIGKILL')
  process.once('exit', killAtExit)
  child.once('exit', () => process.removeListener('exit', killAtExit))
  const lines = createInterface({ input: child.stderr })
  const listening = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      if (line.includes('listening on port')) resolve()
    })
  })
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`the reference server ended with code ${String(code)} before it listened on port ${String(port)}`)
  })
  await Promise.race([listening, failed])
  failed.catch(() => undefined)
  return { pid: child.pid ?? 0, kill: () => kill(child) }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('no free port on the loopback')
  return address.port
}
