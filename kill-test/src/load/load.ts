import { setTimeout as pause } from 'node:timers/promises'
import type { Dice } from '../base/random.js'
import type { Waits } from '../base/waits.js'
import type { History } from '../judge/history.js'
import { untoldEnd } from '../judge/rules/deletions.js'
import { lastAnnouncement, runLanes, tellState } from './lanes.js'
import { callPlainly, postPlainly } from './plain-requests.js'
import { SessionUnderLoad, type LoadContext } from './session-under-load.js'

/** Clients at a time. */
const clients = 4
/** Of them: sessions that live as long as the run. */
const lasting = 2
/** ms that the other ones live. */
const shortLife = { low: 1_000, high: 6_000 }
/** How many of them are deleted while their calls run. */
const busyEnds = 0.6
/** The most servers that a fleet has. Where it has fewer, some of them are asked again. */
const servers = [0, 1, 2, 3]

/** Clients with sessions that come and go. */
export class Load {
  readonly #url: URL
  readonly #history: History
  readonly #waits: Waits
  readonly #dice: Dice
  readonly #sessions: SessionUnderLoad[] = []
  readonly #running: Promise<void>
  readonly #onBusyEnd = new Set<() => void>()
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

  /** Resolves when a session begins to be deleted whose calls run, and not later than in so many ms. */
  busyEnd(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        this.#onBusyEnd.delete(done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      this.#onBusyEnd.add(done)
    })
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
      // The lasting ones are not ended at all: they have to work in the end.
      const isLasting = client < lasting
      const until = isLasting ? Infinity : Date.now() + session.dice.between(shortLife.low, shortLife.high)
      const isOver = () => this.#isOver || Date.now() >= until
      if (!isLasting && session.dice.next() < busyEnds) await this.#endBusy(session, isOver)
      else {
        await lastAnnouncement(session, await runLanes(session, isOver))
        await tellState(session)
        if (!isLasting) await this.#end(session, false)
      }
      await session.close()
    } catch (error) {
      this.#history.troubles.push(`${session.record.name}: ${String(error)}`)
      await session.close()
    }
  }

  /** Its calls run, and more of them begin until it is confirmed that it is deleted. */
  async #endBusy(session: SessionUnderLoad, isOver: () => boolean): Promise<void> {
    let isEnded = false
    const running = runLanes(session, () => isEnded || session.record.deletedAt !== undefined)
    while (!isOver()) await pause(20)
    for (const tell of [...this.#onBusyEnd]) tell()
    try {
      await this.#end(session, true)
    } finally {
      isEnded = true
      // Neither SDK ends a call by itself whose session is no more: it asks for its stream again and again.
      await session.close()
      await running
    }
  }

  /** DELETE, and what a client would see of it that stays. */
  async #end(session: SessionUnderLoad, isBusy: boolean): Promise<void> {
    await session.end(isBusy)
    await Promise.all(servers.map((server) => callPlainly(session, this.#url, server)))
    await session.quiet(untoldEnd + 1_000)
  }

  /** By plain requests, of which no SDK knows: to each server. */
  async #lookAt({ record, sessionId }: SessionUnderLoad): Promise<void> {
    if (sessionId === undefined) return
    for (const server of servers) {
      const asked = postPlainly(fetch, this.#url, sessionId, server, { id: `look ${server}`, method: 'ping' })
      const response = await this.#waits.within(30_000, `the last look at ${record.name}`, asked)
      await response.text()
      record.afterwards.push(response.status)
    }
  }
}
