import { afterEach, describe, expect, it } from 'vitest'
import { bridgeOnPipes } from '../../testing/bridge-on-pipes.fixture.js'
import {
  event,
  mcpScript,
  openEvents,
  type Received,
  type Script,
  startScriptedServer,
} from '../../testing/scripted-server.fixture.js'

let closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.reverse()) await close()
  closers = []
})

const call = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}'
const note = '{"jsonrpc":"2.0","method":"note"}'
const text = JSON.stringify('xé"\\\n'.repeat(256 * 1024))
const answer = `{"jsonrpc":"2.0","id":1,"result":{"text":${text}}}`
const small = '{"jsonrpc":"2.0","id":1,"result":{}}'

const isGet = ({ method }: Received): boolean => method === 'GET'

/** A server whose calls and GETs the scripts answer. */
async function connect(onCall: Script, onGet: Script = ({ response }) => response.writeHead(405).end()) {
  const rest = mcpScript(onCall)
  const server = await startScriptedServer((received) => (isGet(received) ? onGet(received) : rest(received)))
  const host = bridgeOnPipes(server.url)
  closers.push(server.close, host.close)
  await host.handshake()
  return { server, ...host }
}

const answers =
  (...events: string[]): Script =>
  ({ response }) => {
    openEvents(response)
    response.end(events.join(''))
  }

/** The lines of the host, as many as there are expectations; whether each is right, so that a failure stays readable. */
async function lineByLine(events: readonly string[], expected: readonly string[]): Promise<boolean[]> {
  const { send, lines } = await connect(answers(...events))
  send(call)
  const same: boolean[] = []
  for (const line of expected) same.push((await lines.next()) === line)
  return same
}

describe('a large event', () => {
  it('is one line as it was written, among small ones', async () => {
    expect(await lineByLine([event(note), event(answer, '1'), event(note, '2')], [note, answer, note])).toEqual([
      true,
      true,
      true,
    ])
  })

  it('of many lines is one line', async () => {
    const lines = `{"jsonrpc":\n"2.0","id":1,\n\n"result":{"text":${text}\n}}`
    expect(await lineByLine([event(lines)], [lines.replaceAll('\n', ' ')])).toEqual([true])
  })

  it('is put on the id as the host wrote it', async () => {
    expect(await lineByLine([event(answer.replace('"id":1', '"id":"1"'))], [answer])).toEqual([true])
  })

  it('that is a notification passes before the answer', async () => {
    const large = `{"jsonrpc":"2.0","method":"note","params":{"text":${text}}}`
    expect(await lineByLine([event(large), event(small)], [large, small])).toEqual([true, true])
  })

  it('with a batch is taken apart', async () => {
    const batch = `[${answer},{"jsonrpc":"2.0","id":"nobody","result":{}}]`
    expect(await lineByLine([event(batch)], [`[${answer}]`])).toEqual([true])
  })

  it.each([
    ['of another type', `event: other\n${event(answer)}`],
    ['that its end says to be of another type', `data: ${answer}\nevent: other\n\n`],
  ])('%s is none for the host', async (_name, other) => {
    expect(await lineByLine([other, event(small)], [small])).toEqual([true])
  })

  it.each([
    ['no JSON', `<html>${text}`],
    ['JSON that is cut off', answer.slice(0, -1)],
    ['no JSON-RPC', `{"id":1,"result":${text}}`],
  ])('that is %s is dropped, and said to be', async (_name, data) => {
    const { send, lines, stderr } = await connect(answers(event(data), event(small)))
    send(call)
    expect(await lines.next()).toBe(small)
    expect(await stderr.containing('no JSON-RPC message; it was dropped')).toBeTruthy()
  })

  it('that is a batch of more than is looked into is refused in words', async () => {
    const { send, lines } = await connect(
      answers(event(`[{"jsonrpc":"2.0","id":1,"x":"${'x'.repeat(17 * 2 ** 20)}"}]`)),
    )
    send(call)
    expect(JSON.parse(await lines.next())).toMatchObject({ id: 1, error: { code: -32011 } })
  })

  it('that the stream ends in is asked for again, and comes once', async () => {
    const { send, lines } = await connect(
      ({ response }) => {
        openEvents(response)
        response.end(`retry: 0\n${event(note, '1')}id: 2\ndata: ${answer}\n`)
      },
      ({ headers, response }) => {
        openEvents(response)
        if (headers['last-event-id'] === '1') response.write(event(note, '1') + event(answer, '2'))
      },
    )
    send(call)
    expect(await lines.next()).toBe(note)
    expect((await lines.next()) === answer).toBe(true)
  })

  it('that is the answer to initialize says what one of another size does', async () => {
    const result = { protocolVersion: '2025-06-18', capabilities: {}, serverInfo: { name: 's', version: '1' } }
    const initialized = JSON.stringify({ jsonrpc: '2.0', id: 0, result: { ...result, instructions: text } })
    const server = await startScriptedServer((received) => {
      const { message, response } = received
      if (message.method !== 'initialize') return mcpScript(() => undefined)(received)
      response.writeHead(200, { 'content-type': 'text/event-stream', 'mcp-session-id': 's-1' })
      return response.end(event(initialized))
    })
    const host = bridgeOnPipes(server.url)
    closers.push(server.close, host.close)
    await host.handshake()
    const { headers } = await server.request(({ message }) => message.method === 'notifications/initialized')
    expect(headers).toMatchObject({ 'mcp-session-id': 's-1', 'mcp-protocol-version': '2025-06-18' })
  })
})

it('a large message of the server’s own comes on the standalone stream, and an answer too', async () => {
  const large = `{"jsonrpc":"2.0","method":"note","params":{"text":${text}}}`
  const { send, lines, server } = await connect(
    ({ response }) => {
      openEvents(response)
    },
    ({ response }) => {
      openEvents(response)
      response.write(event(large))
    },
  )
  expect((await lines.next()) === large).toBe(true)
  send(call)
  await server.request(({ message }) => message.method === 'tools/call')
  const { response } = await server.request(isGet)
  response.write(event(answer))
  expect((await lines.next()) === answer).toBe(true)
})
