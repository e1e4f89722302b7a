import type { Talker } from './sdk-clients.js'
import type { Served, ServerKind } from './served.js'

/** A conversation in which every step waits for the one before, so that each run has one order only. */
export interface Conversation {
  readonly name: string
  readonly kind: ServerKind
  /** Streams are resumed in it. */
  readonly isResumed?: boolean
  readonly hold: (talker: Talker, served: Served) => Promise<void>
}

const isGet = ({ method }: { method: string }): boolean => method === 'GET'
const isResume = ({ method, headers }: { method: string; headers: string[] }): boolean =>
  method === 'GET' && headers.some((header) => header.toLowerCase().startsWith('last-event-id:'))

export const conversations: readonly Conversation[] = [
  {
    name: 'all request kinds, questions, notifications, a cancellation, DELETE',
    kind: { answersAs: 'sse', sessions: true, resumable: false },
    hold: async (talker, served) => {
      await served.wire.begun(1, isGet)
      await everyRequest(talker)
      await subscriptions(talker, served)
      await progress(talker)
      await questions(talker)
      await announcements(talker, served)
      await cancellation(talker, served)
      await goodbye(talker, served)
    },
  },
  {
    name: 'streams with event ids, a call and the standalone stream resumed',
    kind: { answersAs: 'sse', sessions: true, resumable: true },
    isResumed: true,
    hold: async (talker, served) => {
      await served.wire.begun(1, isGet)
      await progress(talker)
      await questions(talker)
      await announcements(talker, served)
      await resumedCall(talker, served)
      await resumedStandaloneStream(talker, served)
    },
  },
  {
    name: 'JSON answers, DELETE',
    kind: { answersAs: 'json', sessions: true, resumable: false },
    hold: async (talker, served) => {
      await served.wire.begun(1, isGet)
      await everyRequest(talker)
      await subscriptions(talker, served)
      await goodbye(talker, served)
    },
  },
  {
    name: 'a server without sessions',
    kind: { answersAs: 'sse', sessions: false, resumable: false },
    hold: async (talker, served) => {
      await served.wire.begun(1, isGet)
      await everyRequest(talker)
      await progress(talker)
    },
  },
]

async function everyRequest({ sightings, requests, callTool, request, sessionId }: Talker): Promise<void> {
  const ref = { type: 'ref/prompt', name: 'greet' }
  sightings.outcomes.push({ sessionId: sessionId() })
  await sightings.outcome(requests.ping())
  await sightings.outcome(requests.listTools())
  await sightings.outcome(requests.listTools({ cursor: 'second' }))
  await sightings.outcome(requests.listTools({ cursor: 'third' }))
  await sightings.outcome(requests.listResources())
  await sightings.outcome(requests.listResourceTemplates())
  await sightings.outcome(requests.readResource({ uri: 'test://a' }))
  await sightings.outcome(requests.listPrompts())
  await sightings.outcome(requests.getPrompt({ name: 'greet', arguments: { who: 'Zoë' } }))
  await sightings.outcome(requests.complete({ ref, argument: { name: 'who', value: 'A' } }))
  await sightings.outcome(requests.setLoggingLevel('info'))
  await sightings.outcome(callTool('echo', { text: 'grüße, 世界 🌍 \u2028 "\\"' }))
  await sightings.outcome(callTool('echo', { text: 'long '.repeat(50_000) }))
  await sightings.outcome(callTool('fail'))
  await sightings.outcome(callTool('no such tool'))
  await sightings.outcome(request('no/such/method', { some: ['params', 1.5, null] }))
  await sightings.outcome(requests.sendRootsListChanged())
}

async function subscriptions({ sightings, requests }: Talker, { push }: Served): Promise<void> {
  const uri = 'test://a'
  await sightings.outcome(requests.subscribeResource({ uri }))
  const { length } = sightings.notifications
  await push('notifications/resources/updated', { uri })
  await sightings.until(() => sightings.notifications.length === length + 1)
  await sightings.outcome(requests.unsubscribeResource({ uri }))
}

async function progress({ sightings, callTool }: Talker): Promise<void> {
  await sightings.outcome(callTool('count', {}, { progress: true }))
}

async function questions({ sightings, callTool }: Talker): Promise<void> {
  for (const tool of ['elicit', 'sample', 'roots']) await sightings.outcome(callTool(tool))
}

/** Notifications on the call's stream, and during the call on the standalone stream. */
async function announcements({ sightings, callTool }: Talker, { push, landmarks }: Served): Promise<void> {
  const { length } = sightings.notifications
  const call = sightings.outcome(callTool('announce'))
  await landmarks.reached('announce')
  await sightings.until(() => sightings.notifications.length === length + 1)
  for (const kind of ['tools', 'prompts', 'resources']) await push(`notifications/${kind}/list_changed`)
  await push('notifications/message', { level: 'error', logger: 'standalone', data: 'of the session' })
  await sightings.until(() => sightings.notifications.length === length + 5)
  landmarks.pass('announced')
  await call
}

async function cancellation({ sightings, callTool }: Talker, { landmarks, wire }: Served): Promise<void> {
  const controller = new AbortController()
  const call = sightings.outcome(callTool('wait', {}, { signal: controller.signal }))
  await landmarks.reached('waiting')
  controller.abort('the test changed its mind')
  await call
  await landmarks.reached('cancelled')
  await wire.ended(1, ({ body }) => body.includes('notifications/cancelled'))
}

async function goodbye({ sightings, terminate, sessionId }: Talker, { wire }: Served): Promise<void> {
  await terminate()
  sightings.outcomes.push({ sessionId: sessionId() })
  await wire.ended(1, isGet)
}

async function resumedCall({ sightings, callTool }: Talker, { landmarks, wire }: Served): Promise<void> {
  const { length } = sightings.progress
  const call = sightings.outcome(callTool('interrupt', {}, { progress: true }))
  await sightings.until(() => sightings.progress.length === length + 1)
  landmarks.pass('progress seen')
  await wire.begun(1, isResume)
  landmarks.pass('call resumed')
  await call
}

async function resumedStandaloneStream(talker: Talker, { landmarks, wire, push }: Served): Promise<void> {
  const { sightings, callTool } = talker
  const { length } = sightings.notifications
  const call = sightings.outcome(callTool('drop'))
  await landmarks.reached('dropped')
  // Nobody is connected now: this one is kept in the event store.
  await push('notifications/tools/list_changed')
  await wire.begun(2, isResume)
  landmarks.pass('standalone resumed')
  await call
  await push('notifications/prompts/list_changed')
  await sightings.until(() => sightings.notifications.length === length + 2)
}
