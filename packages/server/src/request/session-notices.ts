import type { JsonValue, Store } from '@mcp-tether/store'
import { Inbox, inboxOf } from '../session/inbox.js'
import type { LiveSession } from '../session/live-session.js'
import { isSameSession } from '../session/session-record.js'
import { isObject, type JsonRpcMessage } from '../wire/json-rpc.js'
import { answeredInstance } from '../wire/server-request-ids.js'

/**
 * Passes on what the client said to another instance of its session.
 * @throws StoreError where it can't be: then the client is not told that it was
 */
export async function forward(store: Store, sessionId: string, message: JsonRpcMessage): Promise<void> {
  const to = answeredInstance(message)
  if (to === undefined) {
    await store.bus.publish(sessionId, { type: 'cancelled', message: message as JsonValue })
    return
  }
  await store.events(sessionId).storeEvent(inboxOf(to), message)
  await store.bus.publish(sessionId, { type: 'answered', to })
}

/** Hears what other processes say about a session whose server is here, until that ends. */
export async function listen(
  store: Store,
  live: LiveSession,
  told: {
    readonly onEnded: () => void
    /** The id is another session's now. */
    readonly onReplaced: () => void
    readonly onFailure: (error: unknown) => void
  },
): Promise<void> {
  const inbox = new Inbox(store.events(live.sessionId), live.tag, (message) => {
    live.receive(message)
  })
  const look = () => {
    inbox.read().catch(told.onFailure)
  }
  const stop = await store.bus.subscribe(live.sessionId, {
    onMessage: (message) => {
      if (!isObject(message)) return
      if (message.type === 'events') live.ring()
      if (message.type === 'ended') told.onEnded()
      if (message.type === 'recreated' && !isSameSession(live.record, message)) told.onReplaced()
      if (message.type === 'answered' && message.to === live.tag) look()
      if (message.type === 'cancelled' && isObject(message.message)) live.cancel(message.message)
      if (message.type === 'yield' && typeof message.owner === 'string') live.yield(message.owner)
      if (message.type === 'follow' && typeof message.streamId === 'string') live.followElsewhere(message.streamId)
    },
    onGap: () => {
      if (live.hasAsked) look()
      live.ring()
    },
  })
  live.onEnd(stop)
}
