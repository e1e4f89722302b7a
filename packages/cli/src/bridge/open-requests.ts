import type { JsonObject, RpcRequest } from './message.js'

/** Takes the answer to a request of its own, once. */
export interface RequestOwner {
  take(key: string, answer: JsonObject): RpcRequest | undefined
  /** To be called when the host has the answer. */
  written(): void
}

/** Every request that the host waits for, whatever message it went out with: an answer may come on any stream. */
export class OpenRequests {
  readonly #owners = new Map<string, RequestOwner>()

  add(key: string, owner: RequestOwner): void {
    this.#owners.set(key, owner)
  }

  remove(key: string, owner: RequestOwner): void {
    if (this.#owners.get(key) === owner) this.#owners.delete(key)
  }

  owner(key: string): RequestOwner | undefined {
    return this.#owners.get(key)
  }
}
