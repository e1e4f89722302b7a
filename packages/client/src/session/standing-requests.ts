import type { JsonObject } from '../wire/json-rpc.js'

/** A request whose effect lasts as long as the server's session, so that a new session has to be told again. */
export type StandingRequest =
  | { readonly method: 'logging/setLevel'; readonly params: { readonly level: string } }
  | { readonly method: 'resources/subscribe' | 'resources/unsubscribe'; readonly params: { readonly uri: string } }

/** More subscriptions, and longer addresses, than any client has; it may not make us hold more. */
const maxSubscriptions = 1_000
const maxTextLength = 2_048

/** How many ended subscriptions are remembered, for the answers that come in another order than their requests went. */
const maxEnded = 32

/** The standing request in this message, if it is one that can be restored. */
export function standingRequestOf(method: string, { level, uri }: JsonObject): StandingRequest | undefined {
  switch (method) {
    case 'logging/setLevel':
      return isShort(level) ? { method, params: { level } } : undefined
    case 'resources/subscribe':
    case 'resources/unsubscribe':
      return isShort(uri) ? { method, params: { uri } } : undefined
    default:
      return undefined
  }
}

function isShort(value: unknown): value is string {
  return typeof value === 'string' && value.length <= maxTextLength
}

interface Entry {
  readonly request: StandingRequest
  readonly order: number
  /** Until when, as orders count, the engine was saying it again. */
  saidAgainUntil: number
}

/**
 * What the server has accepted of a client that lasts: its last `logging/setLevel` and its `resources/subscribe`s that
 * were not taken back.
 */
export class StandingRequests {
  /** The newest accepted request about each subject. Most sessions have none. */
  #newest: Map<string, Entry> | undefined

  /** What a new session has to be told. */
  get live(): StandingRequest[] {
    return this.#entries().flatMap(({ request }) => (isLive(request) ? [request] : []))
  }

  /** All that was said last, with the subscriptions that were ended lately. */
  get all(): StandingRequest[] {
    return this.#entries().map(({ request }) => request)
  }

  /**
   * Takes note of an accepted request.
   * @param order a number that is the higher the later the client made the request
   * @returns what counts about this subject now: a request that the client made later, when that was accepted first.
   * `mayBeUndone`: the server may have had another one about it after that.
   */
  note(request: StandingRequest, order: number): { readonly counting: StandingRequest; readonly mayBeUndone: boolean } {
    const subject = subjectOf(request)
    const known = this.#newest?.get(subject)
    if (known && known.order > order) return { counting: known.request, mayBeUndone: true }
    if (!known && request.method === 'resources/subscribe' && this.#count(isSubscription) >= maxSubscriptions) {
      return { counting: request, mayBeUndone: false }
    }
    this.#newest ??= new Map()
    this.#newest.delete(subject)
    this.#newest.set(subject, { request, order, saidAgainUntil: 0 })
    if (!isLive(request)) this.#forgetOldestEnded()
    return { counting: request, mayBeUndone: known !== undefined && known.saidAgainUntil > order }
  }

  /**
   * The engine has said this once more to the server, so that it may have undone what the client said meanwhile.
   * @param order of now
   * @returns what has to be said after it, if anything has
   */
  saidAgain(request: StandingRequest, order: number): StandingRequest | undefined {
    const newest = this.#newest?.get(subjectOf(request))
    if (newest?.request !== request) return newest?.request
    newest.saidAgainUntil = order
    return undefined
  }

  /** Whether this is still the last word about its subject. */
  isCurrent(request: StandingRequest): boolean {
    return this.#newest?.get(subjectOf(request))?.request === request
  }

  /** The server does not want it: it is not said to later sessions either. */
  drop(request: StandingRequest): void {
    if (this.isCurrent(request)) this.#newest?.delete(subjectOf(request))
  }

  #entries(): Entry[] {
    return this.#newest ? [...this.#newest.values()] : []
  }

  #count(isMeant: (request: StandingRequest) => boolean): number {
    return this.all.filter(isMeant).length
  }

  #forgetOldestEnded(): void {
    const ended = this.all.filter((request) => !isLive(request))
    const [oldest] = ended
    if (oldest && ended.length > maxEnded) this.drop(oldest)
  }
}

/** The level is one subject, each resource another. No method is a URI. */
function subjectOf({ method, params }: StandingRequest): string {
  return 'uri' in params ? params.uri : method
}

function isLive({ method }: StandingRequest): boolean {
  return method !== 'resources/unsubscribe'
}

function isSubscription({ method }: StandingRequest): boolean {
  return method === 'resources/subscribe'
}
