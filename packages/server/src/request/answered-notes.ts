import { setTimeout as pause } from 'node:timers/promises'
import type { Store } from '@mcp-tether/store'
import type { LiveSession } from '../session/live-session.js'
import type { RunningRequest } from '../session/dispatch.js'
import { ensureAnswered } from '../stream/lost-answers.js'
import { answerNotKept } from '../wire/error-answers.js'

/** ms before the store is asked again that failed: twice as long each time. */
const firstPause = 500
const longestPause = 30_000
/** As often as this: about an hour, and no longer are the events of calls kept. */
const maxTries = 120

/**
 * Takes the notes of requests that were answered out of the store: after the answer is in it, so that whoever finds no note
 * finds the answer. Where the store was away for either, it is asked again, and keeps the word that there was an answer.
 */
export class AnsweredNotes {
  readonly #store: Store
  readonly #owner: string
  readonly #onFailure: (sessionId: string, error: unknown) => void
  readonly #closing = new AbortController()

  constructor(store: Store, owner: string, onFailure: (sessionId: string, error: unknown) => void) {
    this.#store = store
    this.#owner = owner
    this.#onFailure = onFailure
  }

  /** Resolves when the note is gone. Called in the turn in which the answer was handed over. Never rejects. */
  async remove(live: LiveSession, { id, dispatch: { streamId } }: RunningRequest): Promise<void> {
    const { sessionId } = live
    let isStored = await live.settled(streamId)
    for (let tries = 1; ; tries++) {
      try {
        if (!isStored) await ensureAnswered(this.#store.events(sessionId), streamId, answerNotKept(id))
        isStored = true
        await this.#store.sessions.finishRequest(sessionId, id, this.#owner)
        break
      } catch (error) {
        this.#onFailure(sessionId, error)
        if (tries === maxTries || !(await this.#waited(Math.min(firstPause * 2 ** (tries - 1), longestPause)))) break
      }
    }
    live.forget(streamId)
  }

  /** Tries no more. Other processes see that this one is gone, and do what is left. */
  close(): void {
    this.#closing.abort()
  }

  /** @returns false where there is nothing to wait for any more */
  async #waited(ms: number): Promise<boolean> {
    try {
      await pause(ms, undefined, { signal: this.#closing.signal, ref: false })
      return true
    } catch {
      return false
    }
  }
}
