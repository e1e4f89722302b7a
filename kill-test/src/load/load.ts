import type { Dice } from '../base/random.js'
import type { Waits } from '../base/waits.js'
import type { History } from '../judge/history.js'
import { runLanes, tellState } from './lanes.js'
import { SessionUnderLoad, type LoadContext } from './session-under-load.js'

/** Clients at a time. */
const clients = 4
/** Of them: sessions that live as long as the run. */
const lasting = 2
/** ms that the other ones live. */
const shortLife = { low: 2_000, high: 8_000 }
/** Times that each session is looked at in the end, so that each replica is asked. */
const looks = 4

/** Clients with sessions that come and go. */
export class Load {
  readonly #url: URL
  readonly #history: History
  readonly #waits: Waits
  readonly #dice: Dice
  readonly #sessions: SessionUnderLoad[] = []
  readonly #running: Promise<void>
  #isOver = false

  constructor(url: URL, history: History, waits: Waits, dice: Dice) {
    this.#url = url
    this.#history = history
    this.#waits = waits
    this.#dice = dice
    this.#running = Promise.all(Array.from({ length: clients }, (_, client) => this.#runClient(client))).then(
      () => undefined,
    )
    // Looked at when it is to end.
    this.#running.catch(() => undefined)
  }

  /** Begins nothing more; resolves when everything has ended and every session was looked at. */
  async finish(): Promise<void> {
    this.#isOver = true
    await this.#running
    // Each of them is made again, by each of the servers: a few at a time.
    const left = [...this.#sessions]
    const lookAtSome = async () => {
      for (let session = left.pop(); session !== undefined; session = left.pop()) await this.#lookAt(session)
    }
    await Promise.all([lookAtSome(), lookAtSome(), lookAtSome()])
  }

  async close(): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#sessions.map((session) => session.close()))
  }

  async #runClient(client: number): Promise<void> {
    for (let count = 0; !this.#isOver; count++) await this.#runSession(client, count)
  }

  async #runSession(client: number, count: number): Promise<void> {
    const context: LoadContext = {
      url: this.#url,
      history: this.#history,
      waits: this.#waits,
      dice: this.#dice.child(client * 10_000 + count),
    }
    const session = new SessionUnderLoad(`session ${client}.${count}`, client % 2 === 0 ? 'v1' : 'v2', context)
    this.#sessions.push(session)
    try {
      if (!(await session.open())) {
        await session.close()
        return
      }
      const life = client < lasting ? Infinity : session.dice.between(shortLife.low, shortLife.high)
      const until = Date.now() + life
      await runLanes(session, () => this.#isOver || Date.now() >= until)
      await tellState(session)
      // The lasting ones are not ended at all: they have to work in the end.
      if (client >= lasting) await session.end()
      await session.close()
    } catch (error) {
      this.#history.troubles.push(`${session.record.name}: ${String(error)}`)
      await session.close()
    }
  }

  /** By a plain request, of which no SDK knows. */
  async #lookAt({ record, sessionId }: SessionUnderLoad): Promise<void> {
    if (sessionId === undefined) return
    for (let look = 0; look < looks; look++) {
      const asked = fetch(this.#url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-session-id': sessionId,
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: `look ${look}`, method: 'ping' }),
      })
      const response = await this.#waits.within(30_000, `the last look at ${record.name}`, asked)
      await response.text()
      record.afterwards.push(response.status)
    }
  }
}
