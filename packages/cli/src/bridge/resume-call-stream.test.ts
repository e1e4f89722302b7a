import { once } from 'node:events'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { bridgeOnPipes, type BridgeOnPipesOptions } from '../testing/bridge-on-pipes.fixture.js'
import { startPollingServer } from '../testing/polling-server.fixture.js'
import {
  event,
  initializedLine,
  initializeLine,
  mcpScript,
  openEvents,
  type Received,
  type Script,
  startScriptedServer,
} from '../testing/scripted-server.fixture.js'

let closers: (() => Promise<void>)[] = []
afterEach(async () => {
  vi.useRealTimers()
  for (const close of closers.reverse()) await close()
  closers = []
})

const call = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"poll"}}'
const answer = '{"jsonrpc":"2.0","id":1,"result":{}}'
const note = (name: string): string => `{"jsonrpc":"2.0","method":"${name}"}`
const from =
  (id: string) =>
  (received: Received): boolean =>
    received.headers['last-event-id'] === id

/** The beginning of a call stream that is closed at once: "ask again from event 1". */
const polled: Script = ({ response }) => {
  openEvents(response)
  response.end('id: 1\nretry: 0\ndata:\n\n')
}

/** A session whose calls are answered by `onCall`, and whose nth resumption by the nth of `resumptions`. */
async function connect(onCall: Script, resumptions: Script[] = [], options?: BridgeOnPipesOptions) {
  const rest = mcpScript((received) => {
    if (received.message.method === 'tools/call') return onCall(received)
    return received.response.writeHead(202).end()
  })
  let count = 0
  const isResumption = ({ headers }: Received): boolean => headers['last-event-id'] !== undefined
  const server = await startScriptedServer((received) =>
    isResumption(received) ? resumptions[Math.min(count++, resumptions.length - 1)]?.(received) : rest(received),
  )
  const host = bridgeOnPipes(server.url, options)
  closers.push(server.close, host.close)
  await host.handshake()
  host.send(call)
  return { server, ...host, resumptions: () => server.received.filter(isResumption) }
}

describe('a call stream that the server closes before the answer', () => {
  it('is asked for again from its last event, in the session, and given back after the answer', async () => {
    const { server, lines, resumptions } = await connect(polled, [
      ({ response }) => {
        openEvents(response)
        response.write(event(note('progress'), '2') + event(answer, '3'))
      },
    ])
    expect([await lines.next(), await lines.next()]).toEqual([note('progress'), answer])
    const { response, headers, method } = await server.request(from('1'))
    expect(method).toBe('GET')
    expect(headers).toMatchObject({
      accept: 'text/event-stream',
      'mcp-session-id': 's-secret-session-1',
      'mcp-protocol-version': '2025-06-18',
    })
    expect(headers).not.toHaveProperty('content-type')
    if (!response.closed) await once(response, 'close')
    expect(resumptions()).toHaveLength(1)
  })

  it('is asked for again when it breaks off, and when its resumption does; nothing comes twice', async () => {
    const { lines, resumptions } = await connect(
      ({ response, request }) => {
        openEvents(response)
        response.write(`retry: 0\n\n${event(note('a'), '1')}`, () => request.socket.resetAndDestroy())
      },
      [
        ({ response, request }) => {
          openEvents(response)
          response.write(event(note('a'), '1') + event(note('b'), '2'), () => request.socket.resetAndDestroy())
        },
        ({ response }) => response.writeHead(409).end(),
        ({ response }) => {
          openEvents(response)
          response.write(event(note('b'), '2') + event(note('c'), '3') + event(answer, '4'))
        },
      ],
    )
    await lines.containing('"result":{}')
    expect(lines.all.slice(1)).toEqual([note('a'), note('b'), note('c'), answer])
    expect(resumptions().map(({ headers }) => headers['last-event-id'])).toEqual(['1', '2', '2'])
  })

  it('of a server of the SDK brings its answer', async () => {
    const server = await startPollingServer()
    const { send, lines, close } = bridgeOnPipes(server.url)
    closers.push(server.close, close)
    send(initializeLine)
    expect(JSON.parse(await lines.next())).toMatchObject({ result: { protocolVersion: '2025-11-25' } })
    send(initializedLine)
    send(call)
    expect(JSON.parse(await lines.containing('"id":1'))).toMatchObject({ result: { content: [{ text: 'late' }] } })
    expect(lines.all.filter((line) => line.includes('"before"'))).toHaveLength(1)
    expect(lines.all.filter((line) => line.includes('"while away"'))).toHaveLength(1)
  })

  it.each([
    ['400', ({ response }: Received) => response.writeHead(400).end()],
    ['404', ({ response }: Received) => response.writeHead(404).end()],
    ['405', ({ response }: Received) => response.writeHead(405).end()],
    ['JSON', ({ response }: Received) => response.writeHead(200, { 'content-type': 'application/json' }).end('{}')],
  ])('is of unknown outcome when the resumption is answered %s', async (_name, script) => {
    const { lines, resumptions } = await connect(polled, [script])
    expect(JSON.parse(await lines.next())).toMatchObject({ id: 1, error: { code: -32011 } })
    expect(resumptions()).toHaveLength(1)
  })

  it('is of unknown outcome after five resumptions that brought nothing', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { lines, resumptions } = await connect(polled, [polled])
    let line: string | undefined
    let waited = 0
    void lines.next().then((next) => (line = next))
    for (; line === undefined; waited += 100) {
      await vi.advanceTimersByTimeAsync(100)
      await new Promise(setImmediate)
    }
    expect(JSON.parse(line)).toMatchObject({ id: 1, error: { code: -32011 } })
    // At once, as the server wants, and then a second apart.
    expect(waited).toBeGreaterThan(4_000)
    expect(resumptions()).toHaveLength(5)
  })

  it('waits as long as the server wants, a second if it says nothing and half a minute at most', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const end =
      (text: string): Script =>
      ({ response }) => {
        openEvents(response)
        response.end(text)
      }
    const { server, resumptions, stderr } = await connect(end('id: 1\ndata:\n\n'), [
      end('id: 2\nretry: 2000\ndata:\n\n'),
      end('id: 3\nretry: 99999999\ndata:\n\n'),
      () => undefined,
    ])
    const waits: number[] = []
    for (const id of ['1', '2', '3']) {
      let waited = 0
      while (!resumptions().some(from(id)) && waited < 60_000) {
        await vi.advanceTimersByTimeAsync(100)
        waited += 100
        // What the timer set off has to arrive before more time passes.
        if (stderr.all.filter((line) => line.includes('asking for what came after')).length > waits.length) {
          await server.request(from(id))
        } else await new Promise(setImmediate)
      }
      waits.push(waited)
    }
    // Time passes here while the stream before is still being read, too: a little more than asked for.
    for (const [index, ms] of [1_000, 2_000, 30_000].entries()) expect(waits[index]).toBeGreaterThanOrEqual(ms)
    expect(waits[2]).toBeLessThan(60_000)
  })

  it('is not asked for in another session', async () => {
    let epoch = 1
    const { lines, resumptions, server } = await connect(
      ({ response }) => {
        openEvents(response)
        response.write('id: 1\nretry: 0\ndata:\n\n')
        response.write(event(note('a'), '2'))
      },
      [],
      { epoch: () => epoch },
    )
    expect(await lines.next()).toBe(note('a'))
    epoch++
    ;(await server.request(({ message }) => message.method === 'tools/call')).response.end()
    expect(JSON.parse(await lines.next())).toMatchObject({ id: 1, error: { code: -32011 } })
    expect(resumptions()).toHaveLength(0)
  })

  it('whose resumption met another session is not read', async () => {
    let epoch = 1
    const { lines } = await connect(
      polled,
      [
        ({ response }) => {
          epoch++
          openEvents(response)
          response.write(event(answer, '2'))
        },
      ],
      { epoch: () => epoch },
    )
    expect(JSON.parse(await lines.next())).toMatchObject({ id: 1, error: { code: -32011 } })
  })

  it('is given up when the host cancels the call', async () => {
    const { server, send, lines } = await connect(polled, [
      ({ response }) => {
        openEvents(response)
      },
    ])
    const { response } = await server.request(from('1'))
    const closed = once(response, 'close')
    send('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}')
    await closed
    send('no json')
    expect(JSON.parse(await lines.next())).toMatchObject({ id: null })
  })

  it('is given up when the bridge ends', async () => {
    const { bridge, server, lines } = await connect(({ response }) => {
      openEvents(response)
      response.end('id: 1\nretry: 30000\ndata:\n\n')
    })
    await server.request(({ message }) => message.method === 'tools/call')
    await bridge.stop()
    expect(await lines.next()).toContain('was stopped before the answer came')
  })
})
