import { idKey, isNobody, isObject, otherIdKey } from '../bridge/message.js'

/** Where messages can go, as far as the decision needs to know it. */
export interface Destination {
  readonly awaits: (key: string) => boolean
  readonly hasProgressToken: (token: string) => boolean
}

export type Route<Open extends Destination> =
  /** `key`: the request that it answers. */
  | { readonly to: 'exchange'; readonly exchange: Open; readonly key?: string }
  | { readonly to: 'standalone' }
  /** Nobody is there to take it. It must not be lost: nothing more is read until somebody is. */
  | { readonly to: 'later' }
  /** An answer that nobody waits for, or no message at all. */
  | { readonly to: 'nobody' }

/**
 * HTTP+SSE brings everything on one stream; here a message finds the stream on which Streamable HTTP would have brought
 * it (MCP 2025-11-25, Transports, Sending Messages to the Server 6 and Listening for Messages from the Server 4).
 *
 * - An answer goes to who asked, progress to whom it was promised.
 * - A question of the server's goes to the only call that is open: it has probably asked it, and is then no longer safe
 *   to repeat.
 * - Anything else goes to the standalone stream, or, where none is open, along with the oldest call.
 *
 * @param open the exchanges that wait for an answer, the oldest first
 */
export function routeOf<Open extends Destination>(
  message: unknown,
  open: readonly Open[],
  hasStandalone: boolean,
): Route<Open> {
  if (Array.isArray(message)) return routeOfBatch(message, open, hasStandalone)
  if (!isObject(message) || !('jsonrpc' in message)) return { to: 'nobody' }
  const [oldest, ...others] = open
  const method = typeof message.method === 'string' ? message.method : undefined
  if (method === undefined && !isNobody(message.id)) return answerRoute(message.id, open)
  const isQuestion = method !== undefined && idKey(message.id) !== undefined
  if (isQuestion && oldest && others.length === 0) return { to: 'exchange', exchange: oldest }
  const reporting = method === 'notifications/progress' ? progressOwner(message.params, open) : undefined
  if (reporting) return { to: 'exchange', exchange: reporting }
  if (hasStandalone) return { to: 'standalone' }
  return oldest ? { to: 'exchange', exchange: oldest } : { to: 'later' }
}

/** A batch goes whole to whom the first answer in it belongs, or where its first message would have gone. */
function routeOfBatch<Open extends Destination>(
  members: readonly unknown[],
  open: readonly Open[],
  hasStandalone: boolean,
): Route<Open> {
  const routes = members.map((member) => routeOf(member, open, hasStandalone))
  return routes.find((route) => route.to === 'exchange') ?? routes.find(({ to }) => to !== 'nobody') ?? { to: 'nobody' }
}

function answerRoute<Open extends Destination>(id: unknown, open: readonly Open[]): Route<Open> {
  for (const key of [idKey(id), otherIdKey(id)]) {
    const exchange = key === undefined ? undefined : open.find((each) => each.awaits(key))
    if (exchange && key !== undefined) return { to: 'exchange', exchange, key }
  }
  return { to: 'nobody' }
}

function progressOwner<Open extends Destination>(params: unknown, open: readonly Open[]): Open | undefined {
  const token = isObject(params) ? idKey(params.progressToken) : undefined
  return token === undefined ? undefined : open.find((each) => each.hasProgressToken(token))
}
