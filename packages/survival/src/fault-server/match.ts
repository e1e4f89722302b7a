import { at } from '../wire/json.js'
import { isResponse } from '../wire/json-rpc.js'
import type { Exchange } from './exchange.js'

/** Says of an exchange whether it is meant. */
export type Match = (exchange: Exchange) => boolean

/** A POST that carries a message with this method. */
export function posts(method: string): Match {
  return (exchange) => exchange.method === 'POST' && exchange.messages.some((message) => message.method === method)
}

/** A `tools/call`, of this tool and this `key` argument if they are given. */
export function calls(tool?: string, key?: string): Match {
  return ({ method, messages }) =>
    method === 'POST' &&
    messages.some(
      (message) =>
        message.method === 'tools/call' &&
        (tool === undefined || at(message, 'params', 'name') === tool) &&
        (key === undefined || at(message, 'params', 'arguments', 'key') === key),
    )
}

export const initializes: Match = posts('initialize')
export const initialized: Match = posts('notifications/initialized')

/** A POST that answers a question of the server. */
export const responds: Match = ({ method, messages }) => method === 'POST' && messages.some(isResponse)

export function uses(httpMethod: string): Match {
  return (exchange) => exchange.method === httpMethod
}

/** A GET that asks for what came after an event: after this one, if it is given. */
export function resumes(lastEventId?: string): Match {
  return ({ method, headers }) => {
    const id = headers['last-event-id']
    return method === 'GET' && id !== undefined && (lastEventId === undefined || id === lastEventId)
  }
}

export function all(...matches: readonly Match[]): Match {
  return (exchange) => matches.every((match) => match(exchange))
}
