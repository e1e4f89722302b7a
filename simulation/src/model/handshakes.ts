import type { Clock } from '@mcp-tether/client'
import type { HandshakeFault } from '../schedule/schedule.js'
import { answerBusy } from './answer-busy.js'
import type { Exchange } from './exchange.js'
import { jsonHeaders, type ModelServer } from './server.js'

const slowMs = 4_000

/** What happens to the engine's own handshakes, as the schedule says. */
export class Handshakes {
  readonly #faults: HandshakeFault[]
  readonly #clock: Clock
  /** What happens to the `notifications/initialized` of a session, by its number. */
  readonly #acknowledgements = new Map<number, HandshakeFault>()

  constructor(faults: readonly HandshakeFault[], clock: Clock) {
    this.#faults = [...faults]
    this.#clock = clock
  }

  /** Returns true when it has taken care of the request. */
  take(exchange: Exchange, server: ModelServer, isFaultless: boolean): boolean {
    const { what } = exchange.record
    if (what === 'notifications/initialized') return this.#acknowledge(exchange, server)
    if (what !== 'initialize') return false
    const fault = isFaultless ? 'none' : (this.#faults.shift() ?? 'none')
    if (fault === 'none' || !server.isSignedIn(exchange)) return false
    exchange.record.fault = fault
    return this.#initialize(exchange, server, fault)
  }

  #initialize(exchange: Exchange, server: ModelServer, fault: HandshakeFault): boolean {
    const { record, message } = exchange
    switch (fault) {
      case 'none':
        return false
      case 'refused':
        exchange.refuseConnection()
        return true
      case 'reset':
        exchange.reset()
        return true
      case 'bad-gateway':
        answerBusy(exchange, 502, undefined)
        return true
      case 'busy':
        answerBusy(exchange, 503, undefined)
        return true
      case 'busy-with-retry-after':
        answerBusy(exchange, 503, 2)
        return true
      case 'not-found':
        exchange.answer('broken-off', 404, {}, '404 page not found')
        return true
      case 'challenge':
        server.tokens.set(record.client, record.token + 1)
        return false
      case 'silent':
        return true
      case 'slow':
        this.#clock.schedule(() => {
          if (exchange.isOpen) server.handle(exchange)
        }, slowMs)
        return true
      case 'cut':
        exchange.cut = { at: 20, how: 'reset' }
        server.initialize(exchange)
        return true
      case 'error-with-id': {
        const error = { code: -32600, message: 'Bad Request: not now' }
        const body = JSON.stringify({ jsonrpc: '2.0', id: message.id, error })
        exchange.answer('answered', 400, { ...jsonHeaders, 'mcp-session-id': `leaked-${String(record.index)}` }, body)
        return true
      }
      case 'other-version':
        server.initialize(exchange, '2025-06-18')
        return true
      case 'unknown-version':
        server.initialize(exchange, '2031-01-01')
        return true
      case 'initialized-refused':
      case 'initialized-reset':
      case 'dies-before-initialized': {
        const session = server.initialize(exchange)
        if (session) this.#acknowledgements.set(session.record.number, fault)
        return true
      }
    }
  }

  #acknowledge(exchange: Exchange, server: ModelServer): boolean {
    const { record } = exchange
    const session = server.sessionsOf(record.client).find(({ record: { id } }) => id === record.sessionId)
    const fault = session && this.#acknowledgements.get(session.record.number)
    if (!fault) return false
    record.fault = fault
    if (fault === 'dies-before-initialized') {
      server.forget(session)
      return false
    }
    if (fault === 'initialized-reset') exchange.reset()
    else exchange.answer('answered', 400, {}, 'no')
    return true
  }
}
