import type { Exchange } from './exchange.js'

/** The answer of a server that is not ready, or of a gateway that lost the one behind it. */
export function answerBusy(exchange: Exchange, status: number, retryAfterS: number | undefined): void {
  const isNotReady = status === 503 || status === 429
  const headers = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }
  if (retryAfterS !== undefined) exchange.record.retryAfterMs = retryAfterS * 1000
  exchange.answer(isNotReady ? 'not-ready' : 'broken-off', status, headers, 'busy')
}
