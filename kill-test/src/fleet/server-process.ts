import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Waits } from '../base/waits.js'
import type { ServerOptions, ServerOrder, ServerReport } from '../server/orders.js'

/** Built, also for a test that runs from the source. */
const main = fileURLToPath(new URL('../../dist/server/main.js', import.meta.url))
const startLimit = 60_000
const endLimit = 15_000

/** One server process, from its start to its end. */
export class ServerProcess {
  readonly #child: ChildProcess
  readonly #waits: Waits
  readonly #loaded: Promise<unknown>
  readonly #gone: Promise<void>
  #isKilled = false
  #said = ''

  /** @param onEnd called when it ends by itself, with what it said last */
  constructor(options: ServerOptions, waits: Waits, onEnd: (said: string) => void) {
    this.#waits = waits
    this.#child = fork(main, [JSON.stringify(options)], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] })
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#said = (this.#said + chunk.toString()).slice(-4_000)))
    this.#loaded = this.#report('loaded')
    // Looked at when its turn comes.
    this.#loaded.catch(() => undefined)
    this.#gone = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => {
        if (!this.#isKilled) onEnd(`exit code ${String(code)}, ${String(signal)}: ${this.#said}`)
        resolve()
      })
    })
  }

  /** What it wrote to stderr last. */
  get said(): string {
    return this.#said
  }

  /** Resolves when it has loaded its modules. */
  async loaded(): Promise<void> {
    await this.#waits.within(startLimit, 'a server loads its modules', this.#loaded)
  }

  /** It is this process's turn. @returns the port that it listens on */
  async listen(order: ServerOrder): Promise<number> {
    await this.loaded()
    const listening = this.#report('listening')
    this.#child.send(order)
    const { port } = await this.#waits.within(startLimit, `${order.instance} begins to listen`, listening)
    return port
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    this.#isKilled = true
    this.#child.kill('SIGKILL')
    await this.#waits.within(endLimit, 'a killed server is gone', this.#gone)
  }

  #report<State extends ServerReport['state']>(state: State): Promise<Extract<ServerReport, { state: State }>> {
    return new Promise((resolve, reject) => {
      const onMessage = (report: ServerReport) => {
        if (report.state !== state) return
        this.#child.off('message', onMessage)
        resolve(report as Extract<ServerReport, { state: State }>)
      }
      this.#child.on('message', onMessage)
      this.#child.once('exit', () => {
        reject(new Error(`A server ended before it was ${state}: ${this.#said}`))
      })
    })
  }
}
