import type { Store } from '@mcp-tether/store'
import type { Instrument } from '../base/events.js'
import type { AuthInfo, SdkServer, SdkTransportClass } from '../sdk/sdk.js'
import type { ServerContext } from '../session/make-instance.js'

/** A session that was made again, for what only its author knows how to bring back. */
export interface RestoredSession<Server> {
  readonly sessionId: string
  /** Connected and initialized; log level and subscriptions are said next. */
  readonly server: Server
  /** The params of the client's `initialize`. */
  readonly initialize: Readonly<Record<string, unknown>>
  readonly protocolVersion: string
  readonly logLevel: string | undefined
  readonly subscriptions: readonly string[]
  /** When the client initialized it, ms since the Unix epoch. */
  readonly createdAt: number
  /** Of the request that brought it back. */
  readonly authInfo: AuthInfo | undefined
  /** Nobody remembered it: it was made of what the request says, see `unknownSessions`. `initialize` is made up then. */
  readonly isRecreated: boolean
}

export interface PersistentSessionsOptions<Server extends SdkServer> {
  /** Builds the server of one session, as it is done for each session without this package. */
  readonly createServer: (context: ServerContext) => Server | Promise<Server>
  /** Where the sessions live. It stays open when the sessions are closed. */
  readonly store: Store
  /** Brings back what only the author knows, after a session was made again. What it throws refuses the request. */
  readonly rehydrate?: (session: RestoredSession<Server>) => void | Promise<void>
  /**
   * Whom a request is of; undefined: nobody is known, and the session belongs to whoever knows its id.
   * @default issuer and subject of `authInfo.extra`, else `authInfo.clientId`: then all users of an OAuth client are one
   */
  readonly principal?: (request: Request, authInfo: AuthInfo | undefined) => string | undefined
  /**
   * What becomes of a request whose session id the store does not know.
   * - `refuse`: 404, as the specification has it; the client has to initialize a new one.
   * - `recreate`: a session is made under that id, for clients that do not start a new one after a 404. Only where the
   *   request has a verified principal, which owns it from then on; without one it is refused as before.
   *
   * The risks of `recreate`: what the client can do and is called is not known (it counts as a client without any
   * capability: no sampling, no elicitation); its log level, subscriptions and whatever your closures knew are lost, and it
   * does not learn that, so that a call may run on less than it builds on; a session that was ended with DELETE, or by its
   * time, comes back when it is used; and the id is the client's choice, so that it proves nothing and has as many random
   * bits as the client gave it. Each one counts towards `limits`.
   * @default 'refuse'
   */
  readonly unknownSessions?: 'refuse' | 'recreate'
  /**
   * ms that `createServer`, the handshake and `rehydrate` may take for one session. Beyond it the request is answered with 503.
   * @default 30 seconds
   */
  readonly startTimeout?: number
  readonly limits?: {
    /** Sessions of one principal. @default 1000 */
    readonly perPrincipal?: number
    /** Sessions in all. @default 1,000,000 */
    readonly total?: number
    /**
     * Servers in this process's memory; beyond it the one that was idle longest goes, and where all of them are in use the
     * request is answered with 503. @default 10,000
     */
    readonly live?: number
    /** Bytes of a request's body. @default 4 MiB */
    readonly bodyBytes?: number
  }
  readonly ttl?: {
    /** ms without a request after which a session ends. @default 7 days */
    readonly idle?: number
    /** ms after its `initialize` at which a session ends. @default 90 days */
    readonly absolute?: number
    /** ms without a request after which a server leaves the memory; the session stays. @default 5 minutes */
    readonly live?: number
  }
  /** What the SDK's transport is given. */
  readonly transportOptions?: {
    readonly enableJsonResponse?: boolean
    /** ms that clients wait before they come back to a stream. */
    readonly retryInterval?: number
    /** ms between comments on quiet streams. @default 15 seconds */
    readonly keepAliveMs?: number
  }
  /**
   * `WebStandardStreamableHTTPServerTransport` of your SDK, or a class that extends it.
   * @default the one of the SDK that `createServer` builds servers of
   */
  readonly transport?: SdkTransportClass
  /** Told of what happens; the same goes to `node:diagnostics_channel`. */
  readonly instrument?: Instrument
}
