import { describe, expect, it } from 'vitest'
import { applyMiddlewares as applyMiddlewaresV1 } from '@modelcontextprotocol/sdk/client/middleware.js'
import { applyMiddlewares as applyMiddlewaresV2 } from '@modelcontextprotocol/client'
import { withSessionRecovery } from '@mcp-tether/client'
import { aiSdkConversation, whyNoAiSdk } from './transparency/ai-sdk.js'
import { conversations } from './transparency/conversations.js'
import { meddlers } from './transparency/meddlers.js'
import { differences, record, withStreamsJoined, withStreamsLeft, type Recording } from './transparency/record.js'
import { connectV1, connectV2 } from './transparency/sdk-clients.js'
import { serveV1, serveV2 } from './transparency/sdk-servers.js'

/*
 * P10, invisible when healthy: the same conversation with and without the middleware. What the server's socket saw,
 * the bytes that the SDK read, and what the SDK told its host must be equal. Two things only are left out of the
 * comparison: the server's port (replaced in the recordings) and the response header `date`. Where a stream is resumed,
 * the middleware does it instead of the SDK: the same requests at the same time, but the SDK reads one long stream.
 */

const clients = [
  { name: 'SDK v1', connect: connectV1, applyMiddlewares: applyMiddlewaresV1 },
  { name: 'SDK v2', connect: connectV2, applyMiddlewares: applyMiddlewaresV2 },
]
const servers = [
  { name: 'SDK v1', factory: serveV1 },
  { name: 'SDK v2', factory: serveV2 },
]

describe.each(clients)('a client of $name', ({ connect, applyMiddlewares }) => {
  describe.each(servers)('on a server of $name', ({ factory }) => {
    it.each(conversations)('holds the same conversation with and without: $name', async (its) => {
      const conversation = { ...its, connect }
      const see = its.isResumed ? withStreamsJoined : (recording: Recording) => recording
      const bare = see(await record(conversation, factory, fetch))
      const alone = await record(conversation, factory, withSessionRecovery()(fetch))
      expect(see(alone)).toStrictEqual(bare)
      const composed = await record(conversation, factory, applyMiddlewares(withSessionRecovery())(fetch))
      expect(see(composed)).toStrictEqual(bare)
      const twice = await record(conversation, factory, withSessionRecovery()(withSessionRecovery()(fetch)))
      expect(see(twice)).toStrictEqual(bare)
    })
  })
})

describe.each(servers)('a client of ai-sdk on a server of $name', ({ factory }) => {
  it.skipIf(whyNoAiSdk)('holds the same conversation with and without', async ({ skip }) => {
    if (whyNoAiSdk) skip(whyNoAiSdk)
    const bare = await record(aiSdkConversation, factory, fetch)
    const recovering = await record(aiSdkConversation, factory, withSessionRecovery()(fetch))
    expect(withStreamsLeft(recovering)).toStrictEqual(withStreamsLeft(bare))
    expect(methodsOn(bare.wire)).toEqual(expect.arrayContaining(['server/discover', 'initialize', 'tools/call']))
    expect(bare.wire.map(({ method }) => method)).toContain('DELETE')
    expect(bare.host).toMatchObject({ questions: [{ method: 'elicitation/create' }] })
  })
})

describe('the comparison', () => {
  it('is about conversations that hold what they promise', async () => {
    const [everything, resumed, json, stateless] = await Promise.all(
      conversations.map((it) => record({ ...it, connect: connectV1 }, serveV1, fetch)),
    )
    expect(new Set(methodsOn(everything?.wire))).toEqual(
      new Set([
        ...['initialize', 'notifications/initialized', 'ping', 'tools/list', 'tools/call', 'resources/list'],
        ...['resources/templates/list', 'resources/read', 'resources/subscribe', 'resources/unsubscribe'],
        ...['prompts/list', 'prompts/get', 'completion/complete', 'logging/setLevel', 'no/such/method'],
        ...['notifications/roots/list_changed', 'notifications/cancelled', 'an answer'],
      ]),
    )
    expect(everything?.host).toMatchObject({
      progress: { length: 3 },
      questions: [{ method: 'elicitation/create' }, { method: 'sampling/createMessage' }, { method: 'roots/list' }],
      notifications: { length: 6 },
    })
    expect(everything?.wire.at(-1)).toMatchObject({ method: 'DELETE', status: 200 })

    const resumptions = resumed?.wire.filter(({ headers }) =>
      headers.some((it) => it.startsWith('last-event-id: event-')),
    )
    expect(resumptions?.map(({ answerBody }) => answerBody.split('\n\n').length - 1)).toEqual([3, 2])
    expect(resumed?.host).toMatchObject({ progress: { length: 6 }, notifications: { length: 7 } })

    expect(json?.answers.filter(({ headers }) => headers.includes('content-type: application/json'))).toHaveLength(19)
    expect(stateless?.wire.flatMap(({ headers }) => headers).join()).not.toMatch(/mcp-session-id/i)
  })

  it('sees no difference between two runs without a middleware', async () => {
    for (const conversation of conversations) {
      const one = await record({ ...conversation, connect: connectV2 }, serveV2, fetch)
      const other = await record({ ...conversation, connect: connectV2 }, serveV2, fetch)
      expect(other).toStrictEqual(one)
    }
  })

  it.each(meddlers)('sees a middleware that $what', async ({ middleware, shows }) => {
    const [conversation] = conversations
    if (!conversation) throw new Error('There is no conversation')
    const bare = await record({ ...conversation, connect: connectV1 }, serveV1, fetch)
    const meddled = await record({ ...conversation, connect: connectV1 }, serveV1, middleware(fetch))
    expect(differences(bare, meddled)).toEqual(expect.arrayContaining([...shows]))
  })
})

/** The JSON-RPC methods in the bodies of requests. */
function methodsOn(wire: readonly { body: string }[] = []): string[] {
  return wire
    .filter(({ body }) => body !== '')
    .map(({ body }) => (JSON.parse(body) as { method?: string }).method ?? 'an answer')
}
