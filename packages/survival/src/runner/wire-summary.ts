import { textAt } from '../wire/json.js'
import { isResponse } from '../wire/json-rpc.js'
import type { Exchange } from '../fault-server/exchange.js'

/** The wire log in lines that may be printed: sessions by their number, no header and no body. */
export function wireSummary(exchanges: readonly Exchange[]): string {
  return exchanges.map(line).join('\n')
}

function line(exchange: Exchange): string {
  const { method, path, sessionLabel, status, answeredLabel, ended } = exchange
  const what = exchange.messages.map(nameOf).join(' + ')
  const answer = status === undefined ? (ended === 'cut' ? 'cut off' : 'no answer') : String(status)
  return [
    `${exchange.startedAtMs.toFixed(0).padStart(6)} ms`,
    `life ${String(exchange.life)}`,
    method,
    path.split('?', 1)[0] ?? '',
    what === '' ? '' : what,
    sessionLabel === undefined ? '[no id]' : `[${sessionLabel}]`,
    '->',
    answer,
    answeredLabel === undefined ? '' : `[${answeredLabel}]`,
  ]
    .filter((part) => part !== '')
    .join(' ')
}

function nameOf(message: Exchange['messages'][number]): string {
  if (isResponse(message)) return 'response'
  const method = textAt(message, 'method') ?? '?'
  if (method !== 'tools/call') return method
  return `${textAt(message, 'params', 'name') ?? '?'}(${textAt(message, 'params', 'arguments', 'key') ?? ''})`
}
