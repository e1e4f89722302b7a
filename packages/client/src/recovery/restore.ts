import type { EventListener, RestoreFailedEvent } from '../base/events.js'
import { redact } from '../base/redact.js'
import { Slots } from '../base/slots.js'
import { secretsOf } from '../session/secrets.js'
import { offers, type Offer, type ServerFacts } from '../session/server-facts.js'
import type { StandingRequest } from '../session/standing-requests.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { ask, type Reply } from './ask.js'
import type { Sender } from './handshake-requests.js'

/** How many subscriptions are under way at once on the new session. */
const maxAtOnce = 8

export interface RestoreInput {
  readonly session: VirtualSession
  readonly sender: Sender
  /** Headers on the new session. */
  readonly headers: Headers
  /** The server as its new `InitializeResult` tells it. */
  readonly server: ServerFacts
  readonly newRequestId: () => string
  readonly emit: EventListener
  /** What is not answered when it aborts is not waited for. */
  readonly signal: AbortSignal
}

export type RestoreResult =
  /** The session may be used. `settled`: of these requests there is nothing more to tell it. */
  | { readonly kind: 'restored'; readonly settled: ReadonlySet<StandingRequest> }
  /** The new session can't be used. */
  | Extract<Reply, { kind: 'challenged' | 'gone' | 'away' }>

/**
 * Tells a new session what the client has told its old one: the log level and the subscriptions. A server that refuses
 * one of them, or lets us wait for it, keeps nobody from using the session: an event says so.
 */
export async function restore(input: RestoreInput): Promise<RestoreResult> {
  const { session } = input
  const { all, live } = session.standingRequests
  const settled = new Set(all)
  const wanted = live.filter((request) => mayAsk(input, request))
  if (wanted.length === 0) return { kind: 'restored', settled }

  const stop = new AbortController()
  const signal = AbortSignal.any([input.signal, stop.signal])
  const slots = new Slots(maxAtOnce)
  let fatal: Exclude<RestoreResult, { kind: 'restored' }> | undefined
  const restoreOne = async (request: StandingRequest) => {
    if (fatal) return
    const reply = await tell(input, request, signal)
    if (reply.kind === 'challenged' || reply.kind === 'gone' || reply.kind === 'away') {
      fatal ??= reply
      stop.abort()
    } else if (reply.kind === 'unclear') {
      settled.delete(request)
    } else if (reply.kind === 'refused') {
      session.standingRequests.drop(request)
      tellFailure(input, request, reply.cause)
    }
  }
  await Promise.all(wanted.map((request) => slots.run(() => restoreOne(request))))
  return fatal ?? { kind: 'restored', settled }
}

function tell(
  { session, sender, headers, newRequestId }: RestoreInput,
  { method, params }: StandingRequest,
  signal: AbortSignal,
): Promise<Reply> {
  return ask({ sender, headers, requestId: newRequestId(), method, params, secrets: secretsOf(session), signal })
}

const offerFor: Readonly<Record<StandingRequest['method'], Offer>> = {
  'logging/setLevel': 'logging',
  'resources/subscribe': 'resources.subscribe',
  'resources/unsubscribe': 'resources.subscribe',
}

/** A server that has said it can't is not asked. What it never said it could, it has done all the same. */
function mayAsk(input: RestoreInput, request: StandingRequest): boolean {
  const offer = offerFor[request.method]
  if (!offers(input.session.toldServer, offer) || offers(input.server, offer)) return true
  tellFailure(input, request, `the server does not offer ${offer} any more`)
  return false
}

function tellFailure({ session, emit }: RestoreInput, request: StandingRequest, reason: string): void {
  // Of the epoch that is about to begin.
  emit(restoreFailed(session, session.epoch + 1, request, reason))
}

/** Says that something of the client's is not in its session. */
export function restoreFailed(
  session: VirtualSession,
  epoch: number,
  { method, params }: StandingRequest,
  reason: string,
): RestoreFailedEvent {
  const uri = 'uri' in params ? { uri: redact(params.uri, secretsOf(session)) } : {}
  return { type: 'restore-failed', session: session.fingerprint, epoch, method, ...uri, reason }
}
