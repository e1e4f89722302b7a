import type { SessionEvents } from '@mcp-tether/store'
import type { RequestId } from '../wire/json-rpc.js'

/**
 * Sees to it that whoever comes back for an answer finds one.
 * @param standIn what is stored where there is none
 * @returns whether it was needed
 */
export async function ensureAnswered(
  events: SessionEvents,
  streamId: string,
  standIn: { readonly id: RequestId },
): Promise<boolean> {
  if (await isAnswered(events, streamId, standIn.id)) return false
  await events.storeEvent(streamId, standIn)
  return true
}

async function isAnswered(events: SessionEvents, streamId: string, requestId: RequestId): Promise<boolean> {
  const first = await events.readFromStart(streamId, 1000)
  for (let page = first; ;) {
    if (page.events.some(({ message }) => 'id' in message && message.id === requestId && !('method' in message))) {
      return true
    }
    const last = page.events.at(-1)
    const more = page.more && last !== undefined ? (await events.read(last.eventId, 1000)).page : undefined
    if (more === undefined) return false
    page = more
  }
}
