import { diagnosticsPublisher } from './diagnostics.js'

/**
 * What the engine reports while it works. Plain data: safe to log as it is, because it carries a fingerprint of the
 * session id and never the id.
 */
export type SessionEvent =
  | SessionBoundEvent
  | SessionLostEvent
  | RecoveryStartedEvent
  | RecoveryStepEvent
  | RecoverySucceededEvent
  | RecoveryFailedEvent
  | RecoverySuspendedEvent
  | RestoreFailedEvent
  | ServerChangedEvent
  | ListChangedEvent
  | ListComparisonFailedEvent
  | RequestReplayedEvent
  | ServerAwayEvent
  | OutcomeUnknownEvent
  | StreamInterruptedEvent
  | StreamResumedEvent
  | NotRecoverableEvent
  | SessionClosedEvent

interface OfSession {
  /** Short fingerprint of the virtual session id: constant for the session's life, never the id itself. */
  readonly session: string
  /** Counts the upstream sessions behind this virtual session: 1, 2, 3 … */
  readonly epoch: number
}

/** An `initialize` was answered with a session id: the engine looks after that session from now on. */
export interface SessionBoundEvent extends OfSession {
  readonly type: 'session-bound'
}

/** The server no longer knows the session. */
export interface SessionLostEvent extends OfSession {
  readonly type: 'session-lost'
  /** Name of the classifier's rule that said so, or `upstream-id-reused` when another session was given this one's id. */
  readonly rule: string
  /** HTTP status of the answer, absent when no request was refused. */
  readonly status?: number
}

/** A fresh `initialize` is about to be sent. `epoch` is the one that ended. */
export interface RecoveryStartedEvent extends OfSession {
  readonly type: 'recovery-started'
}

/**
 * A step of a recovery is over, well or badly: what comes next says which. A step is told as often as it was done.
 * `epoch` is the one that ended.
 */
export interface RecoveryStepEvent extends OfSession {
  readonly type: 'recovery-step'
  readonly step: Exclude<RecoveryStep, 'replay'>
  readonly durationMs: number
}

/**
 * The server has a new session, has acknowledged it and was told again what the client had told the old one. `epoch` is
 * the new one.
 */
export interface RecoverySucceededEvent extends OfSession {
  readonly type: 'recovery-succeeded'
  readonly durationMs: number
  /** The protocol version that the server answered. */
  readonly protocolVersion: string
  /** The version negotiated before, when the server now answers another one. */
  readonly previousProtocolVersion?: string
  /** True when the server minted no session id: from now on requests go out without one. */
  readonly stateless: boolean
}

/** The session could not be renewed. The waiting requests get an error that says the same. */
export interface RecoveryFailedEvent extends OfSession {
  readonly type: 'recovery-failed'
  readonly durationMs: number
  /** The step of the recovery that failed. */
  readonly step: RecoveryStep
  readonly reason: string
}

/** The session has to be renewed, but renewals of its server keep failing: for now none is tried. */
export interface RecoverySuspendedEvent extends OfSession {
  readonly type: 'recovery-suspended'
  /** How long, in milliseconds. */
  readonly retryAfterMs: number
}

/** Something that the client had set or subscribed to is not in its new session. The recovery goes on without it. */
export interface RestoreFailedEvent extends OfSession {
  readonly type: 'restore-failed'
  readonly method: 'logging/setLevel' | 'resources/subscribe' | 'resources/unsubscribe'
  /** The resource, with whatever looks like an id or a token masked. */
  readonly uri?: string
  readonly reason: string
}

/** After a recovery the server is not what it was before. Nothing is told to the client. */
export interface ServerChangedEvent extends OfSession {
  readonly type: 'server-changed'
  readonly changed: readonly ('serverInfo' | 'capabilities' | 'instructions' | 'protocolVersion')[]
  /** Name and version as the server's `serverInfo` has them now. */
  readonly server: { readonly name: string; readonly version: string }
  readonly previousServer: { readonly name: string; readonly version: string }
}

/** After a recovery a list is not what the client last saw. Resource templates count as resources. */
export interface ListChangedEvent extends OfSession {
  readonly type: 'list-changed'
  readonly list: 'tools' | 'prompts' | 'resources'
  /** Whether the client is told with `list_changed`, see the option `announceListChanges`. */
  readonly announced: boolean
}

/** After a recovery it could not be found out whether a list is what the client last saw. */
export interface ListComparisonFailedEvent extends OfSession {
  readonly type: 'list-comparison-failed'
  readonly list: 'tools' | 'prompts' | 'resources'
  readonly reason: string
}

/** A refused request was sent again on the new session. */
export interface RequestReplayedEvent extends OfSession {
  readonly type: 'request-replayed'
  /** The JSON-RPC method, or the HTTP method for a request without a message. */
  readonly method: string
}

/** The server can't be reached or is not ready, and a request waits for it. Told before every wait. */
export interface ServerAwayEvent extends OfSession {
  readonly type: 'server-away'
  readonly method: string
  readonly reason: string
  /** How many tries have failed, from 1. */
  readonly tries: number
  /** How long the request waits now, in milliseconds. */
  readonly waitMs: number
}

/** A request was sent and no answer came: the caller was told that it may have run. */
export interface OutcomeUnknownEvent extends OfSession {
  readonly type: 'outcome-unknown'
  readonly method: string
  readonly reason: string
}

/** An event stream ended that the client still wants: the engine goes on with it, and the client notices nothing. */
export interface StreamInterruptedEvent extends OfSession {
  readonly type: 'stream-interrupted'
  /** The answer to a call, or the stream for what the server has to say of its own accord. */
  readonly stream: 'call' | 'standalone'
  readonly reason: string
}

/** The stream is there again. */
export interface StreamResumedEvent extends OfSession {
  readonly type: 'stream-resumed'
  readonly stream: 'call' | 'standalone'
}

/** A refusal was handed to the caller, because it can't be recovered from. */
export interface NotRecoverableEvent {
  readonly type: 'not-recoverable'
  readonly session: string
  /**
   * - `no-transcript`: the session was not made through this middleware (see the option `transcript`);
   * - `signed-request`: its headers are a proof for one sending (DPoP, AWS SigV4, HTTP Message Signatures);
   * - `streaming-body`: its body was a stream, gone once it was sent;
   * - `unreadable-body`: its body was a form, or a Blob larger than 1 MiB, of which nobody knows what it says;
   * - `header-lost`: the server did not get the session id that was sent;
   * - `version-withdrawn`: the server no longer speaks a protocol version that has sessions.
   */
  readonly reason:
    'no-transcript' | 'signed-request' | 'streaming-body' | 'unreadable-body' | 'header-lost' | 'version-withdrawn'
}

/** The client ended the session with DELETE. */
export interface SessionClosedEvent extends OfSession {
  readonly type: 'session-closed'
}

/**
 * The steps of a recovery, in their order. `restore`: what the client had set in the old session is set again.
 */
export type RecoveryStep = 'initialize' | 'initialized' | 'restore' | 'replay'

/** Receives every event. An error that it throws is ignored: telling must not disturb the doing. */
export type EventListener = (event: SessionEvent) => void

/** Tells a listener, and whoever has subscribed to the diagnostics channels, without being disturbed by them. */
export function emitterTo(listener: EventListener | undefined): EventListener {
  const publish = diagnosticsPublisher()
  return (event) => {
    publish(event)
    try {
      listener?.(event)
    } catch {
      // The listener's trouble is not the request's.
    }
  }
}
