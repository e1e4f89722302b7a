import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lmdbStore } from '@mcp-tether/store/lmdb'
import { afterEach, describe, expect, it } from 'vitest'
import { accept, messagesIn, open, post } from './raw-requests.fixture.js'
import { connect, startReplicas, type Major } from './replicas.fixture.js'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function bench(major: Major) {
  const directory = mkdtempSync(join(tmpdir(), 'tether-hand-over-'))
  ends.push(() => {
    rmSync(directory, { recursive: true, force: true })
    return Promise.resolve()
  })
  const stores = [lmdbStore(directory), lmdbStore(directory)]
  ends.push(() => Promise.all(stores.map((store) => store.close())))
  const started = await startReplicas(major, stores, { transportOptions: { retryInterval: 10 } })
  ends.push(() => started.close())
  return started
}

const version = { 'mcp-protocol-version': '2025-11-25' }

describe.each(['v1', 'v2'] as Major[])('a server of SDK %s that shuts down', (major) => {
  it.each(['v1', 'v2'] as Major[])(
    'hands its sessions over: a client of SDK %s gets its answer, its stream goes on elsewhere, nothing is lost or comes twice',
    async (clientMajor) => {
      const replicas = await bench(major)
      replicas.choose = () => 0
      const { client, transport, call } = await connect(clientMajor, replicas.url)
      ends.push(() => client.close())
      const heard: unknown[] = []
      let onHeard: () => void = () => undefined
      client.fallbackNotificationHandler = ({ params }: { params?: unknown }) => {
        heard.push((params as { n: number }).n)
        onHeard()
        return Promise.resolve()
      }
      const untilHeard = (count: number) =>
        new Promise<void>((resolve) => {
          onHeard = () => {
            if (heard.length >= count) resolve()
          }
          onHeard()
        })
      const id = transport.sessionId ?? ''
      const [first, second] = replicas.replicas
      await call('where')
      let n = 0
      const notify = (replica = second) =>
        replica?.sessions.notify(id, { method: 'notifications/counted', params: { n: n++ } })
      await notify(first)
      await untilHeard(1)

      const running = call('slow')
      // Until it is noted, it is not there yet.
      await expect.poll(() => first?.store.sessions.requestsInFlight(id)).toHaveLength(1)
      replicas.choose = () => 1
      const closing = first?.sessions.close()
      await notify()
      expect((await running).content).toEqual([{ type: 'text', text: 'replica 0' }])
      await closing
      await notify()
      await untilHeard(3)
      expect((await call('where')).content).toEqual([{ type: 'text', text: 'replica 1' }])
      await notify()
      await untilHeard(4)
      expect(heard).toEqual([0, 1, 2, 3])
      expect(transport.sessionId).toBe(id)
    },
  )

  it('tells the client of a call that did not end in time that its outcome is unknown', async () => {
    const replicas = await bench(major)
    replicas.choose = () => 0
    const { id } = await open(replicas.url)
    const headers = { ...version, 'mcp-session-id': id }
    const answer = await post(replicas.url, { id: 7, method: 'tools/call', params: { name: 'slow' } }, headers)
    await replicas.replicas[0]?.sessions.close({ timeout: 1 })
    const begun = await answer.text()
    expect(messagesIn(begun)).toEqual([])
    const [lastEventId = ''] = /(?<=^id: ).+$/m.exec(begun) ?? []
    replicas.choose = () => 1
    const resumed = await fetch(replicas.url, { headers: { ...headers, accept, 'last-event-id': lastEventId } })
    expect(messagesIn(await resumed.text())).toMatchObject([{ id: 7, error: { code: -32011 } }])
  })
})

describe.each(['v1', 'v2'] as Major[])('a call of SDK %s whose stream breaks', (major) => {
  it('is resumed on another replica while it runs: the answer comes once', async () => {
    const replicas = await bench(major)
    replicas.choose = () => 0
    const { id } = await open(replicas.url)
    const headers = { ...version, 'mcp-session-id': id }
    const leaving = new AbortController()
    const answer = await fetch(replicas.url, {
      method: 'POST',
      headers: { ...headers, accept, 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'slow' } }),
      signal: leaving.signal,
    })
    const reader = answer.body?.getReader()
    const begun = Buffer.from((await reader?.read())?.value ?? '').toString()
    leaving.abort()
    const [lastEventId = ''] = /(?<=^id: ).+$/m.exec(begun) ?? []
    replicas.choose = () => 1
    const resume = () => fetch(replicas.url, { headers: { ...headers, accept, 'last-event-id': lastEventId } })
    const [text, again] = await Promise.all([resume(), resume()].map(async (resumed) => (await resumed).text()))
    const answered = [{ id: 7, result: { content: [{ type: 'text', text: 'replica 0' }] } }]
    expect(messagesIn(text ?? '')).toMatchObject(answered)
    expect(messagesIn(again ?? '')).toMatchObject(answered)
  })
})
