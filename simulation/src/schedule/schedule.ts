import type { ReplayPolicy } from '@mcp-tether/client'
import type { DialectName } from './dialects.js'

/** Everything that happens in one simulation, as plain data. Times in milliseconds of virtual time. */
export interface Schedule {
  readonly options: EngineOptions
  readonly server: ServerTraits
  readonly clients: readonly ClientPlan[]
  readonly calls: readonly CallPlan[]
  readonly incidents: readonly Incident[]
  /** What happens to the engine's own `initialize` requests, one after the other. */
  readonly handshakes: readonly HandshakeFault[]
  /** For the engine's back-off. */
  readonly seed: number
}

export interface EngineOptions {
  readonly replay: ReplayPolicy
  readonly recoveryTimeout: number
  readonly outageBudget: number
  readonly authorizationTimeout: number
}

export interface ServerTraits {
  /** `counted`: every process begins at 1 again. */
  readonly ids: 'random' | 'counted'
  /** How it refuses a session id that it does not know. */
  readonly refusal: DialectName
  /** It puts a session id of its own on every refusal. */
  readonly leaksIds: boolean
  /** It names the session on every answer, as the SDKs' servers do. */
  readonly echoesIds: boolean
  /** It keeps the events of its streams, so that they can be resumed. */
  readonly eventIds: boolean
  readonly standalone: 'offered' | 'none-405' | 'none-404'
  readonly latencyMs: number
}

export interface ClientPlan {
  /** When it connects, counted from when the first clients have. 0: before everything else. */
  readonly joinsAt: number
  /** It asks for the tools first, so that their hints are known. */
  readonly lists: boolean
  /** It opens the standalone stream. */
  readonly listens: boolean
  readonly signInMs: number
}

export type CallKind =
  'unhinted' | 'read-only' | 'idempotent' | 'list' | 'ping' | 'setLevel' | 'subscribe' | 'unsubscribe' | 'notification'

export interface CallPlan {
  /** Index of its client, counted round. */
  readonly client: number
  readonly at: number
  readonly kind: CallKind
  /** How long the server works on it. */
  readonly workMs: number
  /** Answered as an event stream. */
  readonly streamed: boolean
  /** How many notifications come before the answer, on a stream. */
  readonly notes: number
  /** The server asks the client something first, who answers after this time. On a stream. */
  readonly asks: number | undefined
  /** How long each try takes to arrive, one after the other. Later tries are as quick as the server. */
  readonly latencies: readonly number[]
  /** What happens to each try, one after the other. */
  readonly network: readonly NetworkFault[]
  /** The client does not wait for the answer. */
  readonly ends: { readonly how: 'cancel' | 'abort'; readonly afterMs: number } | undefined
  /** Which log level, or which resource. */
  readonly value: number
}

export type NetworkFault =
  | { readonly kind: 'none' }
  /** The connection is refused. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'reset'; readonly executed: boolean }
  | { readonly kind: 'gateway'; readonly status: 502 | 504; readonly executed: boolean }
  | { readonly kind: 'busy'; readonly status: 503 | 429; readonly retryAfterS: number | undefined }
  /** The answer ends at a byte of it. */
  | { readonly kind: 'cut'; readonly at: number; readonly how: 'reset' | 'end' }
  /** It is run, and no answer ever comes. */
  | { readonly kind: 'silent' }
  /** Something between takes the session id away. */
  | { readonly kind: 'header-stripped' }
  /** Something between answers 404 although the session lives. */
  | { readonly kind: 'false-404'; readonly executed: boolean }
  /** The server answers it, with a JSON-RPC error under this status. */
  | { readonly kind: 'own-error'; readonly status: 200 | 400 | 404 | 500 | 503 }

export type HandshakeFault =
  | 'none'
  | 'refused'
  | 'reset'
  | 'bad-gateway'
  | 'busy'
  | 'busy-with-retry-after'
  | 'not-found'
  | 'challenge'
  | 'silent'
  | 'slow'
  | 'cut'
  | 'error-with-id'
  | 'other-version'
  | 'unknown-version'
  | 'initialized-refused'
  | 'initialized-reset'
  | 'dies-before-initialized'

/** Something that happens to the server or between it and everybody. */
export type Incident =
  /** Sessions expire: all, or those of one client. */
  | { readonly kind: 'lose'; readonly at: number; readonly client: number | 'all'; readonly streams: 'end' | 'reset' }
  /** Refused for a while, then a gateway without a server behind it, then a fresh process. */
  | {
      readonly kind: 'redeploy'
      readonly at: number
      readonly refusedMs: number
      readonly gatewayMs: number
      readonly gatewayStatus: 502 | 503 | 504
      readonly retryAfterS: number | undefined
      /** The fresh process keeps no sessions. */
      readonly stateless: boolean
      readonly refusal: DialectName
      /** How many of its first sessions die as soon as they are made. */
      readonly stillborn: number
    }
  /** Away for a while; the process lives on. */
  | { readonly kind: 'outage'; readonly at: number; readonly ms: number; readonly how: 'refused' | 502 | 503 }
  | { readonly kind: 'expire-token'; readonly at: number; readonly client: number | 'all' }
  /** A notification on the standalone stream. */
  | { readonly kind: 'notify'; readonly at: number; readonly client: number }
  | { readonly kind: 'end-streams'; readonly at: number; readonly how: 'end' | 'reset' }
