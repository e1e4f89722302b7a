import { memoryStore, StoreError } from '@mcp-tether/store'
import { McpServer as ServerV1 } from '@modelcontextprotocol/sdk/server/mcp.js'
import { McpServer as ServerV2 } from '@modelcontextprotocol/server'
import { afterEach, describe, expect, it } from 'vitest'
import { accept, messagesIn, open, post } from './raw-requests.fixture.js'
import { startReplicas, type Major } from './replicas.fixture.js'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const version = { 'mcp-protocol-version': '2025-11-25' }
const idsOf = (text: string) => [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id ?? '')

/** More than a store takes as one event. */
const hugeText = 'x'.repeat(17 * 1024 * 1024)

function withHugeAnswer(major: Major) {
  const info = { name: 'test', version: '1' }
  const huge = () => ({ content: [{ type: 'text' as const, text: hugeText }] })
  if (major === 'v1') {
    const server = new ServerV1(info)
    server.registerTool('huge', {}, huge)
    return server
  }
  const server = new ServerV2(info)
  server.registerTool('huge', {}, huge)
  return server
}

describe.each(['v1', 'v2'] as Major[])('server %s: an answer that is too large for the store', (major) => {
  it('reaches the client that waits for it; who comes back for it is told that it was not kept', async () => {
    const failures: unknown[] = []
    const bench = await startReplicas(major, [memoryStore()], {
      createServer: () => withHugeAnswer(major),
      instrument: (event) => {
        if (event.type === 'server-store-failed') failures.push(StoreError.isInstance(event.error) && event.error.code)
      },
    })
    ends.push(() => bench.close())
    const { id } = await open(bench.url)
    const headers = { ...version, 'mcp-session-id': id }
    const answer = await post(bench.url, { id: 7, method: 'tools/call', params: { name: 'huge' } }, headers)
    const text = await answer.text()
    const [message] = messagesIn(text) as { id: number; result: { content: { text: string }[] } }[]
    expect([message?.id, message?.result.content[0]?.text.length]).toEqual([7, hugeText.length])
    expect(failures).toEqual(['too_large'])

    const resumed = await fetch(bench.url, { headers: { ...headers, accept, 'last-event-id': idsOf(text)[0] ?? '' } })
    expect(messagesIn(await resumed.text())).toMatchObject([{ id: 7, error: { data: { code: 'outcome_unknown' } } }])
  })
})
