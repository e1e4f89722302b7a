import type { Message } from '../wire/json-rpc.js'
import type { Trouble } from './face.js'

const MOST = 1000

/** What a client saw beside its answers: session ids, notifications, troubles. All bounded. */
export class Sightings {
  readonly #ids = new Set<string>()
  readonly #troubles: Trouble[] = []
  readonly #listeners: ((message: Message) => void)[] = []

  sawSessionId(id: string | null | undefined): void {
    if (id !== null && id !== undefined && this.#ids.size < MOST) this.#ids.add(id)
  }

  sawNotification(message: Message): void {
    for (const listener of this.#listeners) listener(message)
  }

  sawTrouble(kind: Trouble['kind'], text: string): void {
    if (this.#troubles.length < MOST) this.#troubles.push({ kind, text })
  }

  onNotification(listener: (message: Message) => void): void {
    this.#listeners.push(listener)
  }

  get sessionIds(): readonly string[] {
    return [...this.#ids]
  }

  get troubles(): readonly Trouble[] {
    return this.#troubles
  }
}
