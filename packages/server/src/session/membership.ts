import type { SessionStore } from '@mcp-tether/store'

/** Which limit stands against another session; `too_many_live_sessions`: in the memory of this process. */
export type Limit = 'too_many_sessions' | 'too_many_sessions_of_principal' | 'too_many_live_sessions'

const allSessions = 'all sessions'

/** Which sessions count: in all, and of one principal. */
export class Membership {
  readonly #sessions: SessionStore
  readonly #limits: { readonly perPrincipal: number; readonly total: number }

  constructor(sessions: SessionStore, limits: { readonly perPrincipal: number; readonly total: number }) {
    this.#sessions = sessions
    this.#limits = limits
  }

  /** @returns which limit stands against another session; undefined: it counts from now on */
  async admit(sessionId: string, principal: string | null, ttl: number): Promise<Limit | undefined> {
    if (!(await this.#sessions.admit(allSessions, sessionId, ttl, this.#limits.total))) return 'too_many_sessions'
    if (principal === null) return undefined
    if (await this.#sessions.admit(groupOf(principal), sessionId, ttl, this.#limits.perPrincipal)) return undefined
    await this.#sessions.leave(allSessions, sessionId)
    return 'too_many_sessions_of_principal'
  }

  /** It lives on: counts for another `ttl`. */
  async keep(sessionId: string, principal: string | null, ttl: number): Promise<void> {
    const everyone = Number.MAX_SAFE_INTEGER
    await Promise.all([
      this.#sessions.admit(allSessions, sessionId, ttl, everyone),
      principal === null ? undefined : this.#sessions.admit(groupOf(principal), sessionId, ttl, everyone),
    ])
  }

  async leave(sessionId: string, principal: string | null): Promise<void> {
    await Promise.all([
      this.#sessions.leave(allSessions, sessionId),
      principal === null ? undefined : this.#sessions.leave(groupOf(principal), sessionId),
    ])
  }
}

function groupOf(principal: string): string {
  return `principal ${principal}`
}
