import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { ServerName } from './options.js'

/** A server in a process of its own. */
export interface RealServer {
  readonly url: string
  close(): Promise<void>
}

export async function startServer(name: ServerName): Promise<RealServer> {
  return name === 'everything' ? startEverythingServer() : startOwn(`${name}-server.js`)
}

async function startOwn(program: string): Promise<RealServer> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(program, import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return { url: await firstLine(child.stdout, () => true), close: () => end(child) }
}

async function startEverythingServer(): Promise<RealServer> {
  const entry = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'))
  const port = String(await freePort())
  const child = spawn(process.execPath, [entry, 'streamableHttp'], {
    env: { ...process.env, PORT: port },
    // It tells of every request on stdout.
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await firstLine(child.stderr, (line) => line.includes('listening'))
  return { url: `http://127.0.0.1:${port}/mcp`, close: () => end(child) }
}

async function firstLine(output: Readable, isMeant: (line: string) => boolean): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    if (!isMeant(line)) continue
    output.resume()
    return line
  }
  throw new Error('The server ended before it was ready')
}

async function end(child: ReturnType<typeof spawn>): Promise<void> {
  if (child.exitCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
