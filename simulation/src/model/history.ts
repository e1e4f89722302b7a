import type { SessionEvent } from '@mcp-tether/client'
import type { Features } from '../schedule/features.js'
import type { Schedule } from '../schedule/schedule.js'
import type { BodyState } from './answer-body.js'

/** How a request ended on the wire. What the judge goes by: the model knows what really happened. */
export type Ending =
  | 'under-way'
  /** No byte left us. */
  | 'not-started'
  /** Refused, because the session is not known. */
  | 'lost'
  /** The session id was taken away on its way. */
  | 'header-lost'
  /** 503, 429: it was not taken. */
  | 'not-ready'
  /** Nothing says what became of it. */
  | 'broken-off'
  /** 401: another token is wanted. */
  | 'challenged'
  /** Whole and from the server itself, whatever its status. */
  | 'answered'
  /** The answer began and did not come whole. */
  | 'cut'
  /** The one who asked gave up. */
  | 'aborted'

/** One request upstream: a line of the wire log. */
export interface WireRecord {
  readonly index: number
  readonly client: number
  /** Which of the client's own requests it is a try of. */
  readonly key: string
  /** Which `fetch` of the client it is a try of. */
  readonly fetchNumber: number
  readonly isEnginesOwn: boolean
  readonly method: string
  /** The JSON-RPC method, or what else it is. */
  readonly what: string
  readonly sentAt: number
  readonly sessionId: string | undefined
  readonly token: number
  /** The newest token with which this client had come by then. */
  readonly newestToken: number
  readonly lastEventId: string | undefined
  fault: string | undefined
  ending: Ending
  endedAt: number | undefined
  status: number | undefined
  /** The server ran it. */
  executed: boolean
  dialect: string | undefined
  replay: 'replay' | 'heal-only' | undefined
  retryAfterMs: number | undefined
  /** The upstream session that it was handled on. */
  session: UpstreamRecord | undefined
  body: BodyState | undefined
  /** When nothing more of the answer's body could come. */
  bodyEndedAt: number | undefined
  /** What the server saw that must not be. */
  readonly mistakes: string[]
}

/** An upstream session, or a stateless stretch: one for each accepted `initialize`. */
export interface UpstreamRecord {
  readonly number: number
  readonly id: string | undefined
  readonly client: number
  /** The `initialize` that made it. */
  readonly madeBy: WireRecord
  /** When the one who asked got to know of it; `undefined`: never. */
  toldAt: number | undefined
  acknowledged: boolean
  /** The server answered a request of it as if it did not know it: index of that request. */
  refusedBy: number | undefined
  /** Its id was given to another session: index of the `initialize`. */
  usurpedBy: number | undefined
  /** Somebody asked for its end. */
  deleted: boolean
  isAlive: boolean
}

export type Outcome =
  | { readonly kind: 'result' }
  | { readonly kind: 'error'; readonly code: number; readonly text: string }
  | { readonly kind: 'http'; readonly status: number }
  | { readonly kind: 'accepted' }
  | { readonly kind: 'threw'; readonly text: string }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'timeout' }

/** One request of a client, from its side. */
export interface RequestRecord {
  readonly key: string
  readonly client: number
  readonly kind: string
  /** It expects an answer. */
  readonly isRequest: boolean
  /** The server says that it may be repeated. */
  readonly isSafe: boolean
  readonly startedAt: number
  settledAt: number | undefined
  outcome: Outcome | undefined
  /** When the client gave up. */
  endedAt: number | undefined
  /** How many lines the wire log had then. */
  endedBefore: number | undefined
  /** When its last `fetch` was over, body and all. */
  overAt: number | undefined
  /** How long the client itself took to sign in. */
  signInMs: number
  challenges: number
  resumptions: number
}

export interface QuestionRecord {
  readonly client: number
  readonly key: string
  /** The upstream session that asked. */
  readonly session: number
  readonly askedAt: number
  receivedAt: number | undefined
  answeredAt: number | undefined
  withdrawnAt: number | undefined
  /** When its answer reached the server. */
  reachedAt: number | undefined
}

export interface ClientRecord {
  readonly index: number
  virtualId: string | undefined
  /** The engine's name for its session. */
  fingerprint: string | undefined
  /** Session ids that it saw and that are not its own. */
  readonly foreignIds: string[]
  /** Mistakes that it saw. */
  readonly mistakes: string[]
  notesReceived: number
  resumptions: number
  /** How often its standalone stream ended although it wanted it. */
  /** How long its sign-in had been under way when it had to begin another, in milliseconds. */
  readonly secondSignIns: number[]
  streamEnds: number
  closedAt: number | undefined
}

/** How things stood when everything was over. */
export interface FinalState {
  /** It never came to rest. */
  readonly isRestless: boolean
  readonly enginePending: number
  /** For each client, where it can be said: what differs between what it set and what its session knows. */
  readonly forgotten: readonly string[]
  /** Clients whose last ping was not answered, and how. */
  readonly unanswered: readonly string[]
  /** Clients that listened and did not get the last notification. */
  readonly deaf: readonly string[]
}

export interface History {
  readonly schedule: Schedule
  readonly features: Features
  readonly wire: readonly WireRecord[]
  readonly upstream: readonly UpstreamRecord[]
  readonly requests: readonly RequestRecord[]
  readonly questions: readonly QuestionRecord[]
  readonly clients: readonly ClientRecord[]
  readonly events: readonly { readonly at: number; readonly event: SessionEvent }[]
  readonly final: FinalState
}
