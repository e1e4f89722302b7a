import type { FetchLike } from '@mcp-tether/client'
import type { ServedConversation } from './record.js'
import { Sightings } from './sightings.js'

/** Why `@ai-sdk/mcp` can't run here, or `undefined` if it can. */
export const whyNoAiSdk =
  Number(process.versions.node.split('.', 1)[0]) < 22
    ? `@ai-sdk/mcp needs Node 22 or newer, and this is Node ${process.versions.node}`
    : undefined

/**
 * Lets a request out only when the one before has been answered: this SDK sends some two at once, and which of them
 * comes first on the wire would be another one in every run.
 */
function inTurn(fetch: FetchLike): FetchLike {
  let before: Promise<unknown> = Promise.resolve()
  return (url, init) => {
    const answer = before.then(() => fetch(url, init))
    before = answer.catch(() => undefined)
    return answer
  }
}

async function connect(url: URL, fetch: FetchLike) {
  const { createMCPClient, ElicitationRequestSchema } = await import('@ai-sdk/mcp')
  const sightings = new Sightings()
  const client = await createMCPClient({
    clientName: 'talker',
    capabilities: { elicitation: {} },
    onUncaughtError: (error) => {
      sightings.failed(error instanceof Error ? error : new Error(String(error)))
    },
    transport: { type: 'http', url: url.href, fetch: inTurn(fetch) as typeof globalThis.fetch },
  })
  client.onElicitationRequest(ElicitationRequestSchema, ({ params }) => {
    sightings.asked({ method: 'elicitation/create', params })
    return { action: 'accept', content: { sure: true } }
  })
  return { sightings, client, close: () => client.close() }
}

type AiSdkTalker = Awaited<ReturnType<typeof connect>>

/** What `@ai-sdk/mcp` can say of a conversation, its own opening included (discovery, a stream before `initialize`). */
export const aiSdkConversation: ServedConversation<AiSdkTalker> = {
  kind: { answersAs: 'sse', sessions: true, resumable: false },
  connect,
  hold: async ({ sightings, client }, { wire, push, landmarks }) => {
    await wire.begun(1, ({ method, status }) => method === 'GET' && status === 200)
    await sightings.outcome(client.listTools())
    await sightings.outcome(client.listTools({ params: { cursor: 'second' } }))
    await sightings.outcome(client.listResources())
    await sightings.outcome(client.listResourceTemplates())
    await sightings.outcome(client.readResource({ uri: 'test://a' }))
    await sightings.outcome(client.listPrompts())
    await sightings.outcome(client.getPrompt({ name: 'greet', arguments: { who: 'Zoë' } }))
    const ref = { type: 'ref/prompt' as const, name: 'greet' }
    await sightings.outcome(client.complete({ ref, argument: { name: 'who', value: 'A' } }))
    for (const name of ['echo', 'count', 'fail', 'no such tool', 'elicit']) {
      await sightings.outcome(client.callTool({ name, arguments: { text: 'grüße 🌍' } }))
    }
    const { length } = sightings.errors
    const announce = sightings.outcome(client.callTool({ name: 'announce' }))
    await landmarks.reached('announce')
    // This SDK reports what it has no handler for as an error.
    await sightings.until(() => sightings.errors.length === length + 1)
    await push('notifications/tools/list_changed')
    await sightings.until(() => sightings.errors.length === length + 2)
    landmarks.pass('announced')
    await announce
    const controller = new AbortController()
    const call = sightings.outcome(client.callTool({ name: 'wait', options: { signal: controller.signal } }))
    await landmarks.reached('waiting')
    controller.abort()
    await call
  },
}
