import { memoryStore, type Store } from '@mcp-tether/store'
import { McpServer } from '@modelcontextprotocol/server'
import { afterEach, expect, it } from 'vitest'
import { startReplicas } from './replicas.fixture.js'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const version = { 'mcp-protocol-version': '2025-11-25' }

function post(url: URL, message: object, headers: Record<string, string> = {}) {
  return fetch(url, {
    method: 'POST',
    headers: { accept: 'application/json, text/event-stream', 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
  })
}

/** @returns headers of the new session */
async function open(url: URL) {
  const clientInfo = { name: 'raw', version: '1' }
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo }
  const response = await post(url, { id: 1, method: 'initialize', params })
  await response.text()
  const headers = { ...version, 'mcp-session-id': response.headers.get('mcp-session-id') ?? '' }
  await post(url, { method: 'notifications/initialized' }, headers)
  return headers
}

/** Reads a stream until this text is there, and leaves. */
async function readUntil(response: Response, wanted: RegExp): Promise<string> {
  const reader = response.body?.getReader()
  let text = ''
  while (!wanted.test(text)) {
    const read = await reader?.read()
    if (read?.value === undefined) throw new Error(`The stream ended with: ${text}`)
    text += Buffer.from(read.value).toString()
  }
  await reader?.cancel()
  return text
}

const idsOf = (text: string) => [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id ?? '')

/** A call that reports two steps and one that does not, answered when the test says so. */
function stepping() {
  let answer: () => void = () => undefined
  const answered = new Promise<void>((resolve) => {
    answer = resolve
  })
  const createServer = () => {
    const server = new McpServer({ name: 'test', version: '1' })
    server.registerTool('step', {}, async ({ mcpReq }) => {
      for (const progress of [1, 2]) {
        await mcpReq.notify({ method: 'notifications/progress', params: { progressToken: 'token', progress } })
      }
      await answered
      return { content: [] }
    })
    server.registerTool('silent', {}, async () => {
      await answered
      return { content: [] }
    })
    return server
  }
  return { createServer: createServer as never, answer }
}

const step = { id: 2, method: 'tools/call', params: { name: 'step', _meta: { progressToken: 'token' } } }

/** SDKs forget where they were when a resumed stream breaks before an event has come. */
it('begins a resumed stream with the position of the client', async () => {
  const { createServer, answer } = stepping()
  const bench = await startReplicas('v2', [memoryStore()], { createServer })
  ends.push(() => bench.close())
  const headers = await open(bench.url)
  const get = (lastEventId?: string) =>
    fetch(bench.url, {
      headers: {
        ...headers,
        accept: 'text/event-stream',
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      },
    })
  const [mark = ''] = idsOf(await readUntil(await get(), /\n\n/))
  expect(await readUntil(await get(mark), /\n\n/)).toBe(`id: ${mark}\ndata: \n\n`)

  const ids = idsOf(await readUntil(await post(bench.url, step, headers), /"progress":2.*\n\n/))
  const resumed = await readUntil(await get(ids.at(-1)), /\n\n/)
  expect(resumed).toBe(`id: ${ids.at(-1) ?? ''}\ndata: \n\n`)
  answer()
})

it('repeats nothing to a client whose last event was lost with its process', async () => {
  const { createServer, answer } = stepping()
  const store = memoryStore()
  const lossy: Store = {
    ...store,
    events: (sessionId) => {
      const events = store.events(sessionId)
      return {
        ...events,
        append: (streamId, message) =>
          JSON.stringify(message).includes('"progress":2')
            ? {
                eventId: events.append('nowhere', message).eventId.replace(/^.*~/, `${streamId}~`),
                stored: Promise.resolve(),
              }
            : events.append(streamId, message),
      }
    },
  }
  const bench = await startReplicas('v2', [lossy, store], { createServer })
  ends.push(() => bench.close())
  bench.choose = ({ method }) => (method === 'GET' ? 1 : 0)
  const headers = await open(bench.url)
  const seen = await readUntil(await post(bench.url, step, headers), /"progress":2.*\n\n/)
  const lastEventId = idsOf(seen).at(-1) ?? ''
  const resumed = await fetch(bench.url, {
    headers: { ...headers, accept: 'text/event-stream', 'last-event-id': lastEventId },
  })
  answer()
  const rest = await readUntil(resumed, /"result".*\n\n/)
  expect(rest).not.toContain('progress')
})

it('opens the standalone stream soon after the process died that had it', async () => {
  const store = memoryStore()
  let tries = 0
  const counting: Store = {
    ...store,
    sessions: {
      ...store.sessions,
      acquireLease: (sessionId, name, ...given) => {
        if (name === 'standalone stream') tries++
        return store.sessions.acquireLease(sessionId, name, ...given)
      },
    },
  }
  const bench = await startReplicas('v2', [counting])
  ends.push(() => bench.close())
  const headers = await open(bench.url)
  await store.sessions.acquireLease(headers['mcp-session-id'], 'standalone stream', 'a process that died', 60_000)
  const opened = await fetch(bench.url, { headers: { ...headers, accept: 'text/event-stream' } })
  await readUntil(opened, /\n\n/)
  // One each 50 ms. With a second of patience, a server that is killed each second would never open it.
  expect(tries).toBeLessThan(10)
})

it('breaks a standalone stream whose reader is so slow that events are gone, and says so to who comes back', async () => {
  const bench = await startReplicas('v2', [memoryStore({ events: { maxEvents: 5 } })])
  ends.push(() => bench.close())
  const headers = { ...(await open(bench.url)), accept: 'text/event-stream' }
  const [{ sessions } = {}] = bench.replicas
  if (sessions === undefined) throw new Error('one was started')
  const get = (more = {}) => sessions.fetch(new Request(bench.url, { headers: { ...headers, ...more } }))
  const stream = await get()
  const reader = stream.body?.getReader()
  const [mark = ''] = idsOf(Buffer.from((await reader?.read())?.value ?? '').toString())
  for (let n = 0; n < 20; n++) await sessions.notify(headers['mcp-session-id'], { method: `notifications/${n}` })
  const readAll = async () => {
    const ids = []
    for (let n = 0; n < 20; n++) ids.push(...idsOf(Buffer.from((await reader?.read())?.value ?? '').toString()))
    return ids
  }
  await expect(readAll()).rejects.toThrow('Events of this stream are missing')
  expect((await get({ 'last-event-id': mark })).status).toBe(400)
})

it('sends what waited to the first standalone stream, and never again, however short the log is', async () => {
  const bench = await startReplicas('v2', [memoryStore({ events: { maxEvents: 3 } })])
  ends.push(() => bench.close())
  const headers = { ...(await open(bench.url)), accept: 'text/event-stream' }
  const notify = (n: number) =>
    bench.replicas[0]?.sessions.notify(headers['mcp-session-id'], { method: `notifications/${n}` })
  await notify(0)
  const first = await fetch(bench.url, { headers })
  const reader = first.body?.getReader()
  for (let n = 0; n < 6; n++) {
    let text = ''
    while (!text.includes(`notifications/${n}`)) text += Buffer.from((await reader?.read())?.value ?? '').toString()
    await notify(n + 1)
  }
  await reader?.cancel()
  const second = await fetch(bench.url, { headers })
  await notify(7)
  const text = await readUntil(second, /notifications/)
  expect(text.match(/notifications\/\d/g)).toEqual(['notifications/7'])
})

it('knows the stream of a call that ends while it is looked for', async () => {
  const { createServer, answer } = stepping()
  const store = memoryStore()
  let ended: () => void = () => undefined
  const hasEnded = new Promise<void>((resolve) => (ended = resolve))
  const answering: Store = {
    ...store,
    sessions: {
      ...store.sessions,
      async finishRequest(sessionId, requestId, owner) {
        await store.sessions.finishRequest(sessionId, requestId, owner)
        if (requestId === 2) ended()
      },
      // Nothing of the stream was stored until here; when it is asked, the answer is there and the note is gone.
      async requestsInFlight(...given) {
        answer()
        await hasEnded
        return store.sessions.requestsInFlight(...given)
      },
    },
  }
  const bench = await startReplicas('v2', [answering], { createServer })
  ends.push(() => bench.close())
  const headers = await open(bench.url)
  const silent = { id: 2, method: 'tools/call', params: { name: 'silent' } }
  const seen = await readUntil(await post(bench.url, silent, headers), /\n\n/)
  const resumed = await fetch(bench.url, {
    headers: { ...headers, accept: 'text/event-stream', 'last-event-id': idsOf(seen)[0] ?? '' },
  })
  expect(resumed.status).toBe(200)
  expect(await readUntil(resumed, /"result".*\n\n/)).toContain('"id":2')
})
