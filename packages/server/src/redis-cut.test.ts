import { setTimeout as pause } from 'node:timers/promises'
import { redisStore } from '@mcp-tether/store/redis'
import { describe, expect, it, vi, type TestContext } from 'vitest'
import { hasRedis, startRedis } from '../../store/src/redis/redis-server.fixture.js'
import { startTcpProxy } from '../../store/src/redis/tcp-proxy.fixture.js'
import type { McpServer } from '@modelcontextprotocol/server'
import { accept, expectUnavailable, messagesIn, post } from './raw-requests.fixture.js'
import { buildServer, connect, startReplicas, type Major } from './replicas.fixture.js'

/** ms for which Redis can't be reached. Its tests wait most of the time, and so at the same time. */
const cut = 10_000

const benches = (['v1', 'v2'] as Major[]).flatMap((major) =>
  (['closed', 'silent'] as const).map((state) => ({ major, state })),
)

/** Two replicas, and a client without recovery that has its standalone stream. */
async function listening(major: Major, timeout: number | undefined, { onTestFinished }: TestContext) {
  const server = await startRedis()
  onTestFinished(() => server.close())
  const proxy = await startTcpProxy(server.port)
  onTestFinished(() => proxy.close())
  const options = timeout === undefined ? {} : { timeout }
  const stores = [1, 2].map(() => redisStore(`redis://127.0.0.1:${proxy.port}`, options))
  for (const store of stores) onTestFinished(() => store.close())
  let answer: () => void = () => undefined
  const answered = new Promise<void>((resolve) => (answer = resolve))
  const replicas = await startReplicas(major, stores, {
    createServer: () => {
      // Both majors have this one way to register a tool.
      const built = buildServer(major, 'replica') as McpServer
      built.registerTool('held', {}, () => answered.then(() => ({ content: [] })))
      return built
    },
  })
  onTestFinished(() => replicas.close())
  const streams: string[] = []
  replicas.choose = ({ method, headers }, count) => {
    if (method === 'GET') streams.push(String(headers['last-event-id']))
    return count % 2
  }
  const { client, transport, call } = await connect(major, replicas.url)
  onTestFinished(() => client.close())
  const heard: string[] = []
  client.fallbackNotificationHandler = ({ method }: { method: string }) => {
    heard.push(method)
    return Promise.resolve()
  }
  const id = transport.sessionId ?? ''
  const notify = (replica: number, method: string) => replicas.replicas[replica]?.sessions.notify(id, { method })
  await notify(0, 'notifications/before')
  await vi.waitFor(() => {
    expect(heard).toEqual(['notifications/before'])
  })
  const headers = { 'mcp-protocol-version': '2025-11-25', 'mcp-session-id': id }
  const ask = (name: string, requestId = name) =>
    post(replicas.url, { id: requestId, method: 'tools/call', params: { name } }, headers)

  async function isWell() {
    for (let n = 0; n < 4; n++) expect((await call('where')).content).toHaveLength(1)
    expect(transport.sessionId).toBe(id)
    await notify(0, 'notifications/one')
    await notify(1, 'notifications/two')
    await vi.waitFor(() => {
      expect(heard).toEqual(['notifications/before', 'notifications/one', 'notifications/two'])
    })
  }

  return { proxy, url: replicas.url, headers, call, ask, answer, streams, isWell }
}

/** A call whose client has lost its stream and come back to it. */
async function resumedCall({ ask, url, headers }: Awaited<ReturnType<typeof listening>>): Promise<Response> {
  const reader = (await ask('held')).body?.getReader()
  const first = new TextDecoder().decode((await reader?.read())?.value)
  await reader?.cancel()
  const [lastEventId = ''] = /(?<=^id: ).*$/m.exec(first) ?? []
  return fetch(url, { headers: { accept, ...headers, 'last-event-id': lastEventId } })
}

describe.skipIf(!hasRedis).concurrent.each(benches)(
  'server $major on Redis that is $state for 10 s',
  ({ major, state }) => {
    it(
      'while its store waits longer: a client without recovery sees no error',
      { timeout: 60_000 },
      async (context) => {
        const { proxy, call, streams, isWell } = await listening(major, 20_000, context)
        proxy.set(state)
        const calls = [call('where'), call('slow'), call('where')]
        await pause(cut)
        calls.push(call('where'))
        proxy.set('open')
        for (const { content } of await Promise.all(calls)) expect(content).toHaveLength(1)
        await isWell()
        expect(streams).toEqual(['undefined'])
      },
    )

    it(
      'while its store waits 5 s: calls are told when to come back, and streams stay',
      { timeout: 60_000 },
      async (context) => {
        const listener = await listening(major, undefined, context)
        const { proxy, ask, answer, streams, isWell } = listener
        const slow = await ask('slow')
        const resumed = await resumedCall(listener)
        proxy.set(state)
        const isOver = pause(cut)
        const where = () => Promise.all(['one', 'two', 'three', 'four'].map((id) => ask('where', id)))
        for (const refused of await where()) await expectUnavailable(refused)
        // It ran when the connection was cut.
        expect(messagesIn(await slow.text())).toMatchObject([{ id: 'slow', result: {} }])
        const waiting = where()
        await isOver
        proxy.set('open')
        for (const { status } of await waiting) expect([200, 503]).toContain(status)
        await vi.waitFor(
          async () => {
            for (const { status } of await where()) expect(status).toBe(200)
          },
          { timeout: 20_000 },
        )
        answer()
        expect(messagesIn(await resumed.text())).toMatchObject([{ id: 'held', result: {} }])
        await isWell()
        // The standalone stream, and the call's: neither broke.
        expect(streams).toHaveLength(2)
      },
    )
  },
)
