import { at, textAt } from '../wire/json.js'
import { failure, isRequest, requestId, result } from '../wire/json-rpc.js'
import { framed, json, text } from './answer.js'
import type { Answer } from './answer.js'
import type { Exchange } from './exchange.js'
import type { Executions } from './executions.js'
import type { Behaviour } from './options.js'
import { answerAll, initializeResult, negotiate } from './protocol.js'
import type { Session, Sessions } from './sessions.js'

/** The state that decides what a correct server answers. */
export interface ServerState {
  readonly path: string
  readonly behaviour: Behaviour
  readonly sessions: Sessions
  readonly executions: Executions
}

/** A correct server's answer, or the session whose standalone stream is to be opened. */
export type DefaultAnswer = Answer | { readonly openStream: Session }

/** What a correct MCP 2025-11-25 server answers. The session is checked before anything is dispatched. */
export function defaultAnswer(exchange: Exchange, state: ServerState): DefaultAnswer {
  const path = exchange.path.split('?', 1)[0] ?? ''
  const moved = /^\/moved-(307|308)$/.exec(path)
  if (moved) return { status: Number(moved[1]), headers: { location: state.path } }
  if (path !== state.path) return text(404, 'Not Found\n')
  switch (exchange.method) {
    case 'POST':
      return answerPost(exchange, state)
    case 'GET':
      return answerGet(exchange, state)
    case 'DELETE':
      return answerDelete(exchange, state)
    default:
      return notAllowed('GET, POST, DELETE')
  }
}

function notAllowed(allow: string): Answer {
  return json(405, failure(null, -32000, 'Method not allowed.'), { allow })
}

/** The session a request belongs to, or the refusal it gets for it. */
function sessionOf(exchange: Exchange, state: ServerState): Session | { readonly refusal: Answer } {
  if (state.behaviour.stateless) {
    return { id: undefined, clientName: 'nobody', protocolVersion: '2025-11-25', initialized: true }
  }
  if (exchange.sessionId === undefined) {
    return { refusal: json(400, failure(null, -32000, 'Bad Request: Session ID required')) }
  }
  const session = state.sessions.find(exchange.sessionId)
  if (session) return session
  const { lossAnswer } = state.behaviour
  return { refusal: typeof lossAnswer === 'function' ? lossAnswer(exchange) : lossAnswer }
}

function answerPost(exchange: Exchange, state: ServerState): Answer {
  const { messages, batch } = exchange
  const [first] = messages
  if (!first) return json(400, failure(null, -32700, 'Parse error'))
  if (!batch && first.method === 'initialize') return answerInitialize(exchange, state)
  const session = sessionOf(exchange, state)
  if ('refusal' in session) return session.refusal
  const answers = answerAll(messages, session, state.executions, state.behaviour)
  const headers = sessionHeader(session)
  if (!messages.some(isRequest)) return { status: 202, headers }
  const value = batch ? answers : answers[0]
  return state.behaviour.requestsAs === 'sse' ? framed(200, value, headers) : json(200, value, headers)
}

function answerInitialize(exchange: Exchange, state: ServerState): Answer {
  const { behaviour, sessions } = state
  const [message] = exchange.messages
  const id = requestId(exchange.messages)
  if (exchange.sessionId !== undefined && !behaviour.stateless) {
    // As real servers do: an `initialize` that carries an id is a request like any other.
    const session = sessionOf(exchange, state)
    if ('refusal' in session) return session.refusal
    return json(400, failure(id, -32600, 'Invalid Request: Server already initialized'))
  }
  const version = negotiate(at(message, 'params', 'protocolVersion'), behaviour.protocolVersion)
  const clientName = textAt(message, 'params', 'clientInfo', 'name') ?? 'nobody'
  const headers = behaviour.stateless ? {} : sessionHeader(sessions.mint(clientName, version))
  const answer = result(id, initializeResult(version, behaviour.listChanged))
  return behaviour.initializeAs === 'sse' ? framed(200, answer, headers) : json(200, answer, headers)
}

function answerGet(exchange: Exchange, state: ServerState): DefaultAnswer {
  if (!state.behaviour.standaloneStream || state.behaviour.stateless) return notAllowed('POST, DELETE')
  const session = sessionOf(exchange, state)
  return 'refusal' in session ? session.refusal : { openStream: session }
}

function answerDelete(exchange: Exchange, state: ServerState): Answer {
  if (state.behaviour.stateless) return notAllowed('POST')
  const session = sessionOf(exchange, state)
  if ('refusal' in session) return session.refusal
  if (session.id !== undefined) state.sessions.forget(session.id)
  return { status: 200 }
}

function sessionHeader(session: Session): Readonly<Record<string, string>> {
  return session.id === undefined ? {} : { 'mcp-session-id': session.id }
}
