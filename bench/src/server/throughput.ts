import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { cpuMs } from '../bridge/process-facts.js'
import type { Finding } from '../finding.js'
import { median, middleHalf } from '../statistics.js'
import { callOf, headersOf, initializeOf, type Message } from './in-process-client.js'

const program = fileURLToPath(new URL('mcp-server.js', import.meta.url))
const callers = 32
const sessions = 8
const callsEach = 1_500

/** Calls in a second over loopback, of a server in a process of its own, to those of one without persistence. */
export async function measureThroughput(store: readonly string[], pairs: number): Promise<Finding[]> {
  const servers = [await Server.start(['forgetful']), await Server.start(['persistent', ...store])]
  try {
    for (const server of servers) await server.run(callsEach)
    const rounds: Run[][] = []
    for (let pair = 0; pair < pairs; pair++) {
      // Each of them is first equally often: what drifts, drifts for both.
      const runs: Run[] = []
      for (let turn = 0; turn < servers.length; turn++) {
        const at = (pair + turn) % servers.length
        const run = await servers[at]?.run(callsEach)
        if (run !== undefined) runs[at] = run
      }
      rounds.push(runs)
    }
    return findingsOf(rounds)
  } finally {
    for (const server of servers) await server.close()
  }
}

export interface Run {
  readonly callsPerSecond: number
  /** Processor time of a call in the server, in ms. */
  readonly cpu: number
}

/** @param rounds of each the run of the server without persistence, and the one with it */
export function findingsOf(rounds: readonly (readonly Run[])[]): Finding[] {
  const pairs = rounds.flatMap(([bare, ours]) => (bare === undefined || ours === undefined ? [] : [{ bare, ours }]))
  const rates = pairs.map(({ bare, ours }) => ours.callsPerSecond / bare.callsPerSecond)
  const cpu = pairs.map(({ bare, ours }) => bare.cpu / ours.cpu)
  const rate = (of: 'bare' | 'ours') => median(pairs.map((pair) => pair[of].callsPerSecond))
  return [
    {
      ...{ what: 'throughput of calls, to that without persistence', unit: 'times', target: 0.9, isFloor: true },
      ...{ measured: median(rates), spread: middleHalf(rates) },
    },
    {
      ...{ what: '…, for each second of processor time', unit: 'times', target: 0.9, isFloor: true },
      ...{ measured: median(cpu), spread: middleHalf(cpu) },
    },
    { what: 'calls in a second without persistence', measured: rate('bare'), unit: '/s' },
    { what: 'calls in a second with it', measured: rate('ours'), unit: '/s' },
  ]
}

class Server {
  readonly #child: ChildProcess
  readonly #url: string
  readonly #agent = new Agent({ keepAlive: true, maxSockets: callers })
  readonly #ids: string[] = []
  #lastId = 0

  private constructor(child: ChildProcess, url: string) {
    this.#child = child
    this.#url = url
  }

  static async start(words: readonly string[]): Promise<Server> {
    const child = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
    const server = new Server(child, url)
    for (let count = 0; count < sessions; count++) await server.#open()
    return server
  }

  async run(calls: number): Promise<Run> {
    const cpu = cpuMs(this.#child.pid)
    const startedAt = performance.now()
    let left = calls
    await Promise.all(
      Array.from({ length: callers }, async (_, caller) => {
        while (left-- > 0) await this.#post(callOf(++this.#lastId), this.#ids[caller % sessions])
      }),
    )
    const taken = performance.now() - startedAt
    return { callsPerSecond: (1000 * calls) / taken, cpu: (cpuMs(this.#child.pid) - cpu) / calls }
  }

  async close(): Promise<void> {
    this.#agent.destroy()
    if (this.#child.exitCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exited
  }

  async #open(): Promise<void> {
    const id = await this.#post(initializeOf(0))
    await this.#post({ method: 'notifications/initialized' }, id)
    this.#ids.push(id ?? '')
  }

  /** @returns the session id of the answer */
  #post(message: Message, sessionId?: string): Promise<string | undefined> {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message })
    const headers = { ...headersOf(sessionId), 'content-length': Buffer.byteLength(body) }
    return new Promise((resolve, reject) => {
      request(this.#url, { method: 'POST', agent: this.#agent, headers }, (answer) => {
        let text = ''
        answer.on('data', (chunk) => (text += String(chunk))).once('error', reject)
        answer.once('end', () => {
          const isGood = message.method !== 'tools/call' || text.includes('hello')
          const id = answer.headers['mcp-session-id']
          if (isGood) resolve(typeof id === 'string' ? id : undefined)
          else reject(new Error(`HTTP ${String(answer.statusCode)}: ${text}`))
        })
      })
        .once('error', reject)
        .end(body)
    })
  }
}
