import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Contestant } from './contestants.js'
import { residentMiB, cpuMs } from './process-facts.js'

const initializeParams = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'bench', version: '0.0.0' },
}

/** A host with nothing in it but the pipe: what it costs is the same for every bridge, and little. */
export class StdioHost {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #waiting = new Map<number, { resolve: () => void; reject: (error: Error) => void }>()
  #lastId = 0
  #errors = ''

  constructor({ words, env }: Contestant, url: string) {
    this.#child = spawn(process.execPath, [...words, url], { env: { ...process.env, ...env } })
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#onLine(line)
    })
    this.#child.stderr.on(
      'data',
      (chunk: Buffer) => (this.#errors = `${this.#errors}${chunk.toString()}`.slice(-2_000)),
    )
    this.#child.once('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`The bridge has ended: ${this.#errors}`))
    })
  }

  /** Starts the session and lists the tools. */
  async connect(): Promise<void> {
    await this.#request('initialize', initializeParams)
    this.#send({ method: 'notifications/initialized' })
    await this.#request('tools/list', {})
  }

  async call(): Promise<void> {
    await this.#request('tools/call', { name: 'echo', arguments: { message: 'hello' } })
  }

  /** Resident memory, in MiB. */
  get memory(): number {
    return residentMiB(this.#child.pid)
  }

  /** Processor time since its start, in milliseconds. */
  get cpu(): number {
    return cpuMs(this.#child.pid)
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.stdin.end()
    const impatience = setTimeout(() => this.#child.kill('SIGKILL'), 5_000)
    await exited
    clearTimeout(impatience)
  }

  #request(method: string, params: object): Promise<void> {
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#send({ id, method, params })
    })
  }

  #send(message: object): void {
    this.#child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  }

  #onLine(line: string): void {
    const { id, result } = JSON.parse(line) as { id?: number; result?: unknown }
    const waiting = this.#waiting.get(id ?? Number.NaN)
    if (id === undefined || !waiting) return
    this.#waiting.delete(id)
    if (result === undefined) waiting.reject(new Error(`The bridge answered ${line}`))
    else waiting.resolve()
  }
}
