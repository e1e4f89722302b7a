import { upstreamIdReused } from '../recovery/recover.js'
import { serverFactsOf } from '../session/server-facts.js'
import { tellLoss } from '../session/tell-loss.js'
import { transcriptOf } from '../session/transcript.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { headerValue, sessionIdHeader, sessionIdOf } from '../wire/headers.js'
import { observeAnswers } from '../wire/observe-answer.js'
import type { JsonObject, OutgoingMessage } from '../wire/json-rpc.js'
import { onCurrentEpoch, type Call } from './call.js'
import type { Engine, Seam } from './engine.js'
import { present } from './present.js'

type Request = Extract<OutgoingMessage, { kind: 'request' }>

/** The `initialize` in this call, if that is what it is. */
export function initializeIn(call: Call): Request | undefined {
  const message = call.message()
  return message.kind === 'request' && message.method === 'initialize' ? message : undefined
}

/**
 * Passes the client's `initialize` on and looks after the session that it brings. Only a 2xx answer brings one: some
 * servers put ids on their errors (Python a fresh one, Swift somebody else's).
 */
export async function bindSession(seam: Seam, call: Call, initialize: Request): Promise<Response> {
  const held = headerValue(call.init.headers, sessionIdHeader)
  const previous = held === undefined ? undefined : seam.registry.find(call.url, held)
  const response = await seam.next(call.target, previous ? onCurrentEpoch(call, previous, false) : call.init)
  const upstreamId = sessionIdOf(response.headers)
  if (!response.ok || upstreamId === undefined) return previous ? present(response, previous) : response

  const transcript = transcriptOf(initialize.params, call.init.headers)
  const session = register(seam, call.url, upstreamId, transcript)
  session.newestHeaders.remember(call.init.headers, call.url)
  const note = (result: JsonObject) => {
    if (typeof result.protocolVersion === 'string') transcript.answeredVersion = result.protocolVersion
    session.toldServer = serverFactsOf(result)
    session.server ??= session.toldServer
  }
  return present(observeAnswers(response, new Map([[initialize.id, note]])), session)
}

/** Takes up a session that a client brings along, when the options say what its `initialize` would have been. */
export function adoptResumedSession(
  seam: Seam,
  call: Call,
  sessionId: string,
  initializeParams: Readonly<Record<string, unknown>>,
): VirtualSession {
  const headers = new Headers(call.init.headers)
  for (const name of [...headers.keys()]) if (/^(mcp-|last-event-id)/.test(name)) headers.delete(name)
  return register(seam, call.url, sessionId, transcriptOf(initializeParams, headers))
}

function register(
  { registry, emit }: Engine,
  endpoint: URL,
  upstreamId: string,
  transcript: VirtualSession['transcript'],
): VirtualSession {
  const { session, lost } = registry.bind({ endpoint, upstreamId, transcript })
  if (lost) tellLoss(emit, lost, upstreamIdReused)
  emit({ type: 'session-bound', session: session.fingerprint, epoch: session.epoch })
  return session
}
