import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, request as send, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export type Major = 'v1' | 'v2'

const script = fileURLToPath(new URL('replica.js', import.meta.url))

interface Replica {
  readonly port: number
  kill(): Promise<void>
}

/** What came to the load balancer. */
export interface Seen {
  readonly method: string
  readonly sessionId: string | undefined
  readonly status: number
}

/** Processes behind a load balancer that sends every single request to another one. */
export interface ReplicatedServer {
  readonly url: URL
  readonly seen: Seen[]
  /** SIGKILL for all of them, and others in their place. */
  replaceAll(): Promise<void>
  close(): Promise<void>
}

export async function startReplicas(
  major: Major,
  count: number,
  store: string,
  file: string,
): Promise<ReplicatedServer> {
  let started = 0
  let replicas: Replica[] = []
  let turn = 0
  const seen: Seen[] = []

  async function startAll(): Promise<void> {
    const names = Array.from({ length: count }, () => `replica ${started++}`)
    replicas = await Promise.all(names.map((name) => startReplica([major, name, store, file])))
  }

  async function killAll(): Promise<void> {
    await Promise.all(replicas.map((replica) => replica.kill()))
  }

  const balancer: Server = createServer((incoming, outgoing) => {
    const replica = replicas[turn++ % replicas.length]
    if (replica !== undefined) pass(incoming, outgoing, replica.port, seen)
  })
  await startAll()
  await new Promise<void>((resolve) => balancer.listen(0, '127.0.0.1', resolve))
  return {
    url: new URL(`http://127.0.0.1:${(balancer.address() as AddressInfo).port}/mcp`),
    seen,
    async replaceAll() {
      await killAll()
      await startAll()
    },
    async close() {
      await killAll()
      balancer.closeAllConnections()
      await new Promise((resolve) => balancer.close(resolve))
    },
  }
}

async function startReplica(args: readonly string[]): Promise<Replica> {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  const gone = once(child, 'exit')
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    gone.then(() => Promise.reject(new Error('A replica ended before it had a port.'))),
  ])) as [string]
  return {
    port: Number(line),
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
  }
}

function pass(incoming: IncomingMessage, outgoing: ServerResponse, port: number, seen: Seen[]): void {
  const { method = '', url: path, headers } = incoming
  const upstream = send({ host: '127.0.0.1', port, method, path, headers, agent: false }, (answer) => {
    const sessionId = headers['mcp-session-id']
    seen.push({
      method,
      sessionId: sessionId === undefined ? undefined : String(sessionId),
      status: answer.statusCode ?? 0,
    })
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.on('error', () => outgoing.destroy())
    answer.pipe(outgoing)
  })
  upstream.on('error', () => outgoing.destroy())
  outgoing.on('close', () => upstream.destroy())
  incoming.pipe(upstream)
}
