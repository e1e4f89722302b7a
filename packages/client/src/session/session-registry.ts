import type { Clock } from '../base/clock.js'
import { VirtualSession, type SessionBirth } from './virtual-session.js'

export interface RegistrySettings {
  /** Most sessions remembered. */
  readonly maxSessions: number
  /** How long a session may be idle, in milliseconds. */
  readonly idleTimeoutMs: number
  readonly clock: Clock
  /** Makes an id that nobody can guess. */
  readonly newId: () => string
}

/** The virtual sessions of one middleware, found by the host they belong to and the id the client holds. */
export class SessionRegistry {
  readonly #settings: RegistrySettings
  /** In the order of their last use, so that the first one was idle longest. */
  readonly #byVirtualId = new Map<string, VirtualSession>()
  readonly #byUpstreamId = new Map<string, VirtualSession>()
  /** The one that was used last. */
  #newest: VirtualSession | undefined

  constructor(settings: RegistrySettings) {
    this.#settings = settings
  }

  get size(): number {
    return this.#byVirtualId.size
  }

  /** All of them, the one that was idle longest first. */
  get all(): Iterable<VirtualSession> {
    return this.#byVirtualId.values()
  }

  find(url: URL, virtualId: string): VirtualSession | undefined {
    const session = this.#isNewest(url, virtualId) ? this.#newest : this.#byVirtualId.get(virtualKey(url, virtualId))
    if (session) this.#use(session)
    // However long it was idle: whoever comes back to it finds it, unless others came meanwhile.
    this.forgetIdle()
    return session
  }

  /**
   * Takes up a session that the server has just minted. Its id is the client's id too, unless another client of this
   * middleware already holds that id: some servers count theirs, and begin again at 1 when they restart.
   */
  bind(birth: Omit<SessionBirth, 'virtualId' | 'now'>): { session: VirtualSession; lost: VirtualSession | undefined } {
    const { endpoint, upstreamId } = birth
    const virtualId = this.#byVirtualId.has(virtualKey(endpoint, upstreamId)) ? this.#settings.newId() : upstreamId
    const session = new VirtualSession({ ...birth, virtualId, now: this.#settings.clock.now() })
    this.#byVirtualId.set(virtualKey(endpoint, virtualId), session)
    this.#newest = session
    const lost = this.#claim(session)
    this.forgetIdle()
    this.#forgetIdlest(session)
    return { session, lost }
  }

  /**
   * Puts a new upstream session behind `session`. Returns the other session that held this upstream id until now and
   * must not use it any more.
   */
  renew(
    session: VirtualSession,
    upstreamId: string | undefined,
    protocolVersion: string | undefined,
  ): VirtualSession | undefined {
    this.#release(session)
    session.renew(upstreamId, protocolVersion)
    // Closed or forgotten while it was being renewed: nobody will look for it again.
    if (this.#byVirtualId.get(virtualKey(session.endpoint, session.virtualId)) !== session) return undefined
    return this.#claim(session)
  }

  /**
   * The server has minted this id for `session`, which does not use it yet. Returns the other session that held it
   * until now and must not use it any more.
   */
  evict(session: VirtualSession, upstreamId: string): VirtualSession | undefined {
    const key = upstreamKey(session.endpoint, upstreamId)
    const holder = this.#byUpstreamId.get(key)
    if (!holder || holder === session) return undefined
    this.#byUpstreamId.delete(key)
    holder.lost = true
    return holder
  }

  forget(session: VirtualSession): void {
    this.#byVirtualId.delete(virtualKey(session.endpoint, session.virtualId))
    if (session === this.#newest) this.#newest = undefined
    this.#release(session)
    session.end()
  }

  /**
   * Forgets the sessions that were idle too long. There is no timer for each: it is done whenever one is looked for, and
   * costs a look at the first, as long as that has nothing to fear.
   */
  forgetIdle(): void {
    const { clock, idleTimeoutMs } = this.#settings
    const now = clock.now()
    for (const session of this.#byVirtualId.values()) {
      if (now - session.health.lastUsedAt <= idleTimeoutMs) return
      if (session.calls.size > 0) this.#use(session)
      else this.forget(session)
    }
  }

  /** Mostly one client makes one call after the other. */
  #isNewest({ href }: URL, virtualId: string): boolean {
    return this.#newest?.virtualId === virtualId && this.#newest.endpoint.href === href
  }

  #use(session: VirtualSession): void {
    session.health.lastUsedAt = this.#settings.clock.now()
    if (session === this.#newest) return
    this.#newest = session
    const key = virtualKey(session.endpoint, session.virtualId)
    this.#byVirtualId.delete(key)
    this.#byVirtualId.set(key, session)
  }

  #claim(session: VirtualSession): VirtualSession | undefined {
    if (session.upstreamId === undefined) return undefined
    const key = upstreamKey(session.endpoint, session.upstreamId)
    const holder = this.#byUpstreamId.get(key)
    this.#byUpstreamId.set(key, session)
    if (!holder || holder === session) return undefined
    holder.lost = true
    return holder
  }

  #release(session: VirtualSession): void {
    if (session.upstreamId === undefined) return
    const key = upstreamKey(session.endpoint, session.upstreamId)
    if (this.#byUpstreamId.get(key) === session) this.#byUpstreamId.delete(key)
  }

  #forgetIdlest(newest: VirtualSession): void {
    for (const session of this.#byVirtualId.values()) {
      if (this.#byVirtualId.size <= this.#settings.maxSessions) return
      if (session !== newest && session.calls.size === 0) this.forget(session)
    }
  }
}

/** `host` has no default port, so that http and https of one host are one: servers redirect from one to the other. */
function virtualKey(url: URL, virtualId: string): string {
  return `${url.host} ${virtualId}`
}

/** Two servers on one host may count the same ids: what one mints says nothing about the other. */
function upstreamKey(endpoint: URL, upstreamId: string): string {
  return `${endpoint.host}${endpoint.pathname}${endpoint.search} ${upstreamId}`
}
