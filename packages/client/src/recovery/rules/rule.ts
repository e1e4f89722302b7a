import type { DialectOptions } from '../dialects.js'
import type { Refusal, RefusalContent } from '../refusal.js'

/**
 * What a rule concludes.
 * - `lost`: the server does not know the session any more; a new one has to be made.
 * - `not-lost`: the answer is the caller's, and the session goes on.
 * - `header-lost`: the session id was sent and did not arrive. A new session would be lost in the same way.
 * - `version-withdrawn`: the server was upgraded and no longer speaks any version with sessions. There is no session to
 *   be renewed; the client has to connect anew.
 */
export type Conclusion = 'lost' | 'not-lost' | 'header-lost' | 'version-withdrawn'

/**
 * What may become of the request by which a loss was found.
 * - `replay`: it was refused at the session gate, before anything was run: it is sent again.
 * - `heal-only`: nothing proves that it was not run. The session is renewed; the request is sent again only if it is
 *   safe to repeat, otherwise its outcome is unknown.
 */
export type ReplayVerdict = 'replay' | 'heal-only'

interface Row {
  /** Stable, in events and errors. */
  readonly name: string
  /** Why this is so. */
  readonly reason: string
  /** Servers that are known to answer like this. */
  readonly servers: string
  /** The only statuses it looks at. */
  readonly statuses: readonly number[]
  /** The option that switches it off. */
  readonly dialect?: keyof DialectOptions
  /** Whether it also holds for a request without a session id, from a session whose server had become stateless. */
  readonly withoutSession?: true
  readonly matches: (refusal: Refusal, content: RefusalContent) => boolean
}

/** One row of the classifier. The first row that matches decides. */
export type LossRule = Row &
  (
    | { readonly conclusion: 'lost'; readonly replay: ReplayVerdict }
    | { readonly conclusion: Exclude<Conclusion, 'lost'>; readonly replay?: undefined }
  )
