import type { Dice } from '../base/random.js'
import type { Waits } from '../base/waits.js'
import type { History } from '../judge/history.js'
import type { ServerOptions } from '../server/orders.js'
import { RoundRobinProxy } from './round-robin-proxy.js'
import { ServerProcess } from './server-process.js'

/** Servers that share a store: one alone, or several behind a proxy. Of them, one at a time is killed and replaced. */
export class Fleet {
  readonly #options: ServerOptions
  readonly #waits: Waits
  readonly #history: History
  readonly #running: { readonly process: ServerProcess; readonly instance: string }[] = []
  readonly #all = new Set<ServerProcess>()
  readonly #proxy: RoundRobinProxy | undefined
  /** Has loaded its modules and waits for its turn: a server is back soon after a kill, and more kills fit into a run. */
  #standby: ServerProcess
  #started = 0
  #port = 0

  constructor(options: ServerOptions, replicas: number, waits: Waits, history: History) {
    this.#options = options
    this.#waits = waits
    this.#history = history
    this.#proxy = replicas > 1 ? new RoundRobinProxy(replicas) : undefined
    this.#standby = this.#spawn()
  }

  /** @returns where clients find the servers */
  async start(replicas: number): Promise<URL> {
    const proxyPort = await this.#proxy?.listen()
    for (let slot = 0; slot < replicas; slot++) await this.#replace(slot)
    return new URL(`http://127.0.0.1:${proxyPort ?? this.#port}/mcp`)
  }

  /** SIGKILL for one of them; resolves when another one has taken its place. */
  async killOne(dice: Dice): Promise<void> {
    const slot = Math.floor(dice.next() * this.#running.length)
    const victim = this.#running[slot]
    if (victim === undefined) throw new Error('There is no server to kill.')
    await this.#standby.loaded()
    this.#history.kills.push({ at: Date.now(), instance: victim.instance })
    await victim.process.kill()
    this.#all.delete(victim.process)
    await this.#replace(slot)
  }

  /** Breaks a connection of a server that goes on, where there is a proxy to do so. */
  cutOne(dice: Dice): void {
    if (this.#proxy?.cut((items) => dice.oneOf(items)) === true) this.#history.cuts.push(Date.now())
  }

  /** What the servers that run said on stderr. */
  said(): string {
    return this.#running.map(({ instance, process }) => `${instance}: ${process.said}`).join('\n')
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#all].map((one) => one.kill()))
    await this.#proxy?.close()
  }

  /** At once, when the run itself is to end. */
  killAll(): void {
    for (const one of this.#all) one.kill().catch(() => undefined)
  }

  async #replace(slot: number): Promise<void> {
    const next = this.#standby
    const instance = `server ${slot}.${this.#started++}`
    const port = await next.listen({ instance, port: this.#proxy === undefined ? this.#port : 0 })
    this.#running[slot] = { process: next, instance }
    if (this.#proxy === undefined) this.#port = port
    else this.#proxy.ports[slot] = port
    this.#standby = this.#spawn()
  }

  #spawn(): ServerProcess {
    const process = new ServerProcess(this.#options, this.#waits, (said) => {
      this.#all.delete(process)
      this.#history.troubles.push(`a server ended by itself: ${said}`)
    })
    this.#all.add(process)
    return process
  }
}
