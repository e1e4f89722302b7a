import { idKey, isObject, parseJson } from '../bridge/message.js'
import { Outlet } from './outlet.js'

/** A message that was POSTed and holds requests: what is awaited for it, and where it goes. */
export class Exchange {
  readonly outlet: Outlet
  readonly isInitialize: boolean
  /** Why it was broken off. */
  failure: TypeError | undefined
  readonly #awaited = new Map<string, string | undefined>()

  /** @param body a JSON-RPC message, or a batch */
  constructor(body: string, onLeft: (exchange: Exchange) => void) {
    const message = parseJson(body)
    const members: readonly unknown[] = Array.isArray(message) ? message : [message]
    this.isInitialize = isObject(message) && message.method === 'initialize'
    for (const member of members) {
      if (!isObject(member) || typeof member.method !== 'string') continue
      const key = idKey(member.id)
      if (key !== undefined) this.#awaited.set(key, progressTokenOf(member.params))
    }
    this.outlet = new Outlet(() => {
      onLeft(this)
    })
  }

  /** True when nothing is owed any more. */
  get isAnswered(): boolean {
    return this.#awaited.size === 0
  }

  awaits(key: string): boolean {
    return this.#awaited.has(key)
  }

  /** Whether a request in it has asked to be told of its progress under this token. */
  hasProgressToken(token: string): boolean {
    return [...this.#awaited.values()].includes(token)
  }

  answered(key: string): void {
    this.#awaited.delete(key)
  }

  /** Its answer will not come: whether it was run is not known. */
  breakOff(error: TypeError): void {
    this.failure = error
    this.outlet.fail(error)
  }
}

function progressTokenOf(params: unknown): string | undefined {
  const meta = isObject(params) ? params._meta : undefined
  return isObject(meta) ? idKey(meta.progressToken) : undefined
}
