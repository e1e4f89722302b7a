import { failure } from '../wire/json-rpc.js'
import { json } from './answer.js'
import type { PlainAnswer } from './answer.js'

/** The answer of MCP 2025-11-25 (Transports, Session Management 3) to an unknown session id, as the SDKs word it. */
export const specLossAnswer: PlainAnswer = json(404, failure(null, -32001, 'Session not found'))
