import { Listeners } from '../base/listeners.js'
import { fingerprint } from '../base/fingerprint.js'
import { AnsweredMethods } from './answered-methods.js'
import { CallsUnderWay } from './calls-under-way.js'
import { NewestHeaders } from './newest-headers.js'
import { Outbox } from './outbox.js'
import { Questions } from './questions.js'
import { SeenLists } from './seen-lists.js'
import type { ServerFacts } from './server-facts.js'
import { SessionHealth } from './session-health.js'
import { SignIn } from './sign-in.js'
import { StandingRequests } from './standing-requests.js'
import { StreamEnds } from './stream-ends.js'
import { ToolHints } from './tool-hints.js'
import type { Transcript } from './transcript.js'

/** What a session is made of, when it is bound. */
export interface SessionBirth {
  /** The URL that `initialize` was sent to. */
  readonly endpoint: URL
  /** The id that the client holds. */
  readonly virtualId: string
  /** The id that the server knows. */
  readonly upstreamId: string
  readonly transcript: Transcript
  /** The engine's time, in milliseconds. */
  readonly now: number
}

/**
 * The record behind one virtual session id: constant towards the client, while the upstream session behind it is
 * replaced. An epoch's number goes up with each replacement and never comes back, so that whoever remembers the epoch
 * it was sent under can tell a late answer from a current one.
 */
export class VirtualSession {
  readonly endpoint: URL
  readonly virtualId: string
  readonly transcript: Transcript
  /** Safe to show, unlike the id. */
  readonly fingerprint: string
  readonly calls = new CallsUnderWay()
  readonly newestHeaders = new NewestHeaders()
  readonly signIn = new SignIn()
  readonly toolHints = new ToolHints()
  readonly answeredMethods = new AnsweredMethods()
  readonly standingRequests = new StandingRequests()
  readonly seenLists = new SeenLists()
  /** What the client was told in its own `InitializeResult`, once that has gone by. */
  toldServer: ServerFacts | undefined
  /** The server of the current epoch, as far as it was seen. */
  server: ServerFacts | undefined
  /** Notifications of our own that the client shall get. */
  readonly outbox = new Outbox()
  readonly questions = new Questions()
  readonly streamEnds = new StreamEnds()
  /** Told when another upstream session stands behind this one, and when it is over. */
  readonly changed = new Listeners()
  readonly health: SessionHealth
  /** Known to be dead without a refusal: its upstream id was given to somebody else, so it must not be used again. */
  lost = false
  /** It is over: nothing may be done for it any more. */
  ended = false
  /** The client has begun to end it: nothing may bring it back. */
  closing = false
  /** How many standalone streams the client has open. */
  openStreams = 0
  /** The epoch in which the standalone stream was opened last; 0: never. */
  standaloneStreamEpoch = 0
  #upstreamId: string | undefined
  #epoch = 1
  #protocolVersion: string | undefined

  constructor(birth: SessionBirth) {
    this.endpoint = birth.endpoint
    this.virtualId = birth.virtualId
    this.transcript = birth.transcript
    this.fingerprint = fingerprint(birth.virtualId)
    this.health = new SessionHealth(birth.now)
    this.#upstreamId = birth.upstreamId
  }

  /** The id the server knows now; `undefined` for a server that has become stateless. */
  get upstreamId(): string | undefined {
    return this.#upstreamId
  }

  get epoch(): number {
    return this.#epoch
  }

  /** The version to send in `MCP-Protocol-Version` instead of the client's, when a recovery brought another one. */
  get protocolVersion(): string | undefined {
    return this.#protocolVersion
  }

  /** Whether requests can go out as the client made them. */
  get isUnchanged(): boolean {
    return this.#epoch === 1 && this.#upstreamId === this.virtualId
  }

  /** A new upstream session stands behind the virtual one. */
  renew(upstreamId: string | undefined, protocolVersion: string | undefined): void {
    this.#upstreamId = upstreamId
    this.#protocolVersion = protocolVersion
    this.#epoch++
    this.lost = false
    this.newestHeaders.wake()
    // Whoever was asked by the session that is gone need not think any longer (MCP 2025-11-25, Cancellation).
    for (const requestId of this.questions.takeDead(this.#epoch)) {
      const params = { requestId, reason: 'The session that asked this was lost.' }
      this.outbox.add({ method: 'notifications/cancelled', params })
    }
    this.changed.tell()
  }

  /** Nobody will use it again. */
  end(): void {
    this.ended = true
    this.newestHeaders.wake()
    this.changed.tell()
  }
}
