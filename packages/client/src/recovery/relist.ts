import { ContentDigest } from '../base/content-digest.js'
import { observeBody } from '../base/body.js'
import { ownHeadersOnSession } from '../session/own-request.js'
import { itemsOf, nextCursorOf, type SeenList } from '../session/seen-lists.js'
import { secretsOf } from '../session/secrets.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { ask, type Reply } from './ask.js'
import type { Sender } from './handshake-requests.js'

const maxPages = 100
const maxBytes = 16 * 1024 * 1024

/** JSON-RPC 2.0: the server has no such method, so it has nothing to list. */
const methodNotFound = -32601

export type Relisted =
  | { readonly kind: 'listed'; readonly digest: ContentDigest }
  | { readonly kind: 'too-long' }
  | Exclude<Reply, { kind: 'result' }>

/**
 * Lists again what a client has seen, on the current upstream session: all pages, or as many items as it has seen of a
 * list that it did not read to its end. Nothing of it is kept but the digest and the tools' hints.
 */
export async function relist(
  session: VirtualSession,
  sender: Sender,
  { kind, digest: seen, nextCursor }: SeenList,
  newRequestId: () => string,
  signal: AbortSignal,
): Promise<Relisted> {
  const items = nextCursor === undefined ? Infinity : seen.count
  const digest = new ContentDigest()
  let bytes = 0
  const send: Sender['send'] = async (url, init) =>
    observeBody(
      await sender.send(url, init),
      ({ byteLength }) => (bytes += byteLength),
      () => undefined,
    )
  let cursor: string | undefined
  for (let page = 0; page < maxPages && bytes < maxBytes; page++) {
    const order = session.calls.nextOrder()
    const reply = await ask({
      sender: { ...sender, send },
      headers: ownHeadersOnSession(session, sender.url),
      requestId: newRequestId(),
      method: kind.method,
      params: cursor === undefined ? {} : { cursor },
      secrets: secretsOf(session),
      signal,
    })
    if (reply.kind === 'refused' && reply.code === methodNotFound)
      return { kind: 'listed', digest: new ContentDigest() }
    if (reply.kind !== 'result') return reply
    if (kind.capability === 'tools') session.toolHints.learn(reply.result, order)
    for (const item of itemsOf(kind, reply.result)) if (digest.count < items) digest.add(item)
    cursor = nextCursorOf(reply.result)
    if (cursor === undefined || digest.count >= items) return { kind: 'listed', digest }
  }
  return { kind: 'too-long' }
}
