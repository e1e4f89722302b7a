import { describe, expect, it } from 'vitest'
import { eventLog } from '../base/event-log.fixture.js'
import { clientOf, gate, json, lost, type Answer, type Seen } from './in-process-server.fixture.js'
import { rememberingServer } from './remembering-server.fixture.js'
import { withSessionRecovery } from './with-session-recovery.js'

type Client = ReturnType<typeof clientOf>

let ids = 1_000

/** A request whose answer is read whole, as an SDK reads it. */
async function ask(client: Client, method: string, params: object = {}): Promise<unknown> {
  const response = await client.post({ id: ++ids, method, params })
  return JSON.parse(await response.text()) as unknown
}

const subscribe = (client: Client, uri: string) => ask(client, 'resources/subscribe', { uri })
const unsubscribe = (client: Client, uri: string) => ask(client, 'resources/unsubscribe', { uri })
const setLevel = (client: Client, level: string) => ask(client, 'logging/setLevel', { level })

async function connected(intercept?: (seen: Seen) => Answer, options = {}) {
  const server = rememberingServer(intercept)
  const log = eventLog()
  const client = clientOf(withSessionRecovery({ onEvent: log.onEvent, random: () => 0, ...options })(server.fetch))
  await client.connect()
  return { server, client, log }
}

const ofEpoch = ({ headers }: Seen) => Number(headers.get('mcp-session-id')?.replace('session-', ''))

describe('a new session', () => {
  it('is told the log level and the subscriptions before the first replay', async () => {
    const { server, client } = await connected()
    await setLevel(client, 'info')
    await setLevel(client, 'debug')
    for (const uri of ['test://a', 'test://b', 'test://c']) await subscribe(client, uri)
    await unsubscribe(client, 'test://b')
    server.forget()
    const before = server.log.length
    await Promise.all([client.call(), client.call()])
    expect(server.told(2)).toEqual({ level: 'debug', uris: ['test://a', 'test://c'] })
    const lines = server.lines().slice(before + 2)
    expect(lines.slice(0, 2)).toEqual(['initialize', 'notifications/initialized 2'])
    expect(lines.slice(2, 5).sort()).toEqual(['logging/setLevel 2', 'resources/subscribe 2', 'resources/subscribe 2'])
    expect(lines.slice(5)).toEqual(['tools/call 2', 'tools/call 2'])
    const own = server.log.filter(({ message }) => message.method === 'resources/subscribe').slice(-2)
    for (const { message, headers } of own) {
      expect(message.id).toMatch(/^mcp-tether-/)
      expect(headers.get('mcp-protocol-version')).toBe('2025-11-25')
    }
  })

  it('remembers them through any number of losses', async () => {
    const { server, client } = await connected()
    await setLevel(client, 'error')
    await subscribe(client, 'test://a')
    for (let epoch = 2; epoch <= 6; epoch++) {
      server.forget()
      await subscribe(client, `test://${String(epoch)}`)
      if (epoch > 2) await unsubscribe(client, `test://${String(epoch - 1)}`)
    }
    expect(server.told(6)).toEqual({ level: 'error', uris: ['test://6', 'test://a'] })
  })

  it('is told what was accepted in a batch', async () => {
    const { server, client } = await connected()
    const batch = [
      { jsonrpc: '2.0', id: 'x', method: 'logging/setLevel', params: { level: 'alert' } },
      { jsonrpc: '2.0', id: 'y', method: 'resources/subscribe', params: { uri: 'test://a' } },
    ]
    await (await client.post([], {}, { body: JSON.stringify(batch) })).text()
    server.forget()
    await client.call()
    expect(server.told(2)).toEqual({ level: 'alert', uris: ['test://a'] })
  })

  it('is told nothing that the server has refused', async () => {
    const { server, client } = await connected(({ message }) =>
      message.method === 'resources/subscribe'
        ? json(200, { jsonrpc: '2.0', id: message.id, error: { code: -32002, message: 'Resource not found' } })
        : undefined,
    )
    await subscribe(client, 'test://a')
    server.forget()
    await client.call()
    expect(server.lines().slice(-2)).toEqual(['notifications/initialized 2', 'tools/call 2'])
  })

  it('is asked for nothing when there is nothing to restore: 1,000 calls make 2,002 POSTs', async () => {
    const { server, client } = await connected()
    server.forget()
    const before = server.log.length
    await Promise.all(Array.from({ length: 1_000 }, () => client.call()))
    expect(server.log.length - before).toBe(2_002)
  })

  it('takes part without what it refuses now, which is not said again', async () => {
    const { server, client, log } = await connected((seen) =>
      ofEpoch(seen) > 1 && seen.message.params?.uri === 'test://secret-0123456789abcdef'
        ? json(200, { jsonrpc: '2.0', id: seen.message.id, error: { code: -32002, message: 'Resource not found' } })
        : undefined,
    )
    await subscribe(client, 'test://secret-0123456789abcdef')
    await subscribe(client, 'test://b')
    server.forget()
    expect((await client.call()).answer).toMatchObject({ result: {} })
    expect(log.all('restore-failed')).toEqual([
      {
        type: 'restore-failed',
        session: expect.any(String) as string,
        epoch: 2,
        method: 'resources/subscribe',
        uri: 'test://[masked]',
        reason: '-32002: Resource not found',
      },
    ])
    server.forget()
    await client.call()
    expect(server.log.filter(({ message }) => message.params?.uri === 'test://secret-0123456789abcdef')).toHaveLength(2)
    expect(server.told(3)).toEqual({ level: undefined, uris: ['test://b'] })
  })

  it('is not asked for what its server does not offer any more, and is when it does again', async () => {
    const { server, client, log } = await connected()
    await setLevel(client, 'info')
    await subscribe(client, 'test://a')
    const { initializeResult } = server.settings
    server.settings.initializeResult = { capabilities: { resources: {} } }
    server.forget()
    await client.call()
    expect(server.lines().slice(-3)).toEqual(['initialize', 'notifications/initialized 2', 'tools/call 2'])
    expect(log.all('restore-failed').map(({ method }) => method)).toEqual(['logging/setLevel', 'resources/subscribe'])
    server.settings.initializeResult = initializeResult
    server.forget()
    await client.call()
    expect(server.told(3)).toEqual({ level: 'info', uris: ['test://a'] })
  })

  it('is void when it dies meanwhile; the next one has it all', async () => {
    let dying = true
    const { server, client, log } = await connected((seen) => {
      if (!dying || ofEpoch(seen) !== 2 || seen.message.method !== 'resources/subscribe') return undefined
      dying = false
      return lost()
    })
    await subscribe(client, 'test://a')
    server.forget()
    expect((await client.call()).answer).toMatchObject({ result: { on: 'session-3' } })
    expect(server.told(3)).toEqual({ level: undefined, uris: ['test://a'] })
    expect(server.lines()).toContain('DELETE 2')
    const steps = ['initialize', 'initialized', 'restore']
    expect(log.all('recovery-step').map(({ step }) => step)).toEqual([...steps, ...steps])
    expect(log.all('recovery-succeeded')).toHaveLength(1)
    expect(log.all('recovery-failed')).toEqual([])
  })

  it('hands a challenge on to the client, which signs in', async () => {
    let expired = true
    const { server, client } = await connected((seen) =>
      expired && ofEpoch(seen) === 2 && seen.message.method === 'resources/subscribe'
        ? new Response(null, { status: 401 })
        : undefined,
    )
    await subscribe(client, 'test://a')
    server.forget()
    expect((await client.call()).status).toBe(401)
    expired = false
    expect((await client.call({}, { authorization: 'Bearer new' })).answer).toMatchObject({ result: {} })
    expect(server.told(3).uris).toEqual(['test://a'])
  })

  it('is waited for when the server goes away meanwhile', async () => {
    let away = true
    const { server, client } = await connected((seen) => {
      if (!away || ofEpoch(seen) !== 2 || seen.message.method !== 'resources/subscribe') return undefined
      away = false
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) })
    })
    await subscribe(client, 'test://a')
    server.forget()
    expect((await client.call()).answer).toMatchObject({ result: { on: 'session-3' } })
    expect(server.told(3).uris).toEqual(['test://a'])
  })

  it('is used without what it lets us wait for, and is told again in the background', async () => {
    let asked = 0
    const again = gate()
    const { server, client } = await connected(
      (seen) => {
        if (ofEpoch(seen) !== 2 || seen.message.method !== 'resources/subscribe') return undefined
        if (++asked === 1) return new Promise<undefined>(() => undefined)
        again.open(undefined)
        return undefined
      },
      { recoveryTimeout: 50 },
    )
    await subscribe(client, 'test://a')
    server.forget()
    expect((await client.call()).answer).toMatchObject({ result: { on: 'session-2' } })
    await again.opened
    await client.call()
    expect(server.told(2).uris).toEqual(['test://a'])
  })
})

describe('an answer that comes after the recovery', () => {
  /** A request that the first session accepts, while its answer is held back. */
  async function withHeldAnswer(method: string) {
    const accepted = gate()
    const answered = gate()
    const caughtUp = gate()
    let holding = false
    const made = await connected((seen) => {
      if (seen.message.method !== method) return undefined
      if (ofEpoch(seen) > 1 && String(seen.message.id).startsWith('mcp-tether-')) caughtUp.open(undefined)
      if (!holding || ofEpoch(seen) > 1) return undefined
      accepted.open(undefined)
      return answered.opened.then(() => json(200, { jsonrpc: '2.0', id: seen.message.id, result: {} }))
    })
    return { ...made, accepted, answered, caughtUp, hold: () => (holding = true) }
  }

  it('is said to the new session: a subscription', async () => {
    const { server, client, accepted, answered, caughtUp, hold } = await withHeldAnswer('resources/subscribe')
    hold()
    const late = subscribe(client, 'test://late')
    await accepted.opened
    server.forget()
    await client.call()
    expect(server.told(2).uris).toEqual([])
    answered.open(undefined)
    await late
    await caughtUp.opened
    await client.call()
    expect(server.told(2).uris).toEqual(['test://late'])
    server.forget()
    await client.call()
    expect(server.told(3).uris).toEqual(['test://late'])
  })

  it('is said to the new session: the end of a subscription that was restored', async () => {
    const { server, client, accepted, answered, caughtUp, hold } = await withHeldAnswer('resources/unsubscribe')
    await subscribe(client, 'test://a')
    hold()
    const late = unsubscribe(client, 'test://a')
    await accepted.opened
    server.forget()
    await client.call()
    expect(server.told(2).uris).toEqual(['test://a'])
    answered.open(undefined)
    await late
    await caughtUp.opened
    await client.call()
    expect(server.told(2).uris).toEqual([])
  })

  it('is said to the new session when it comes while that is made', async () => {
    const asked = gate()
    const held = gate()
    const accepted = gate()
    const answered = gate()
    const { server, client } = await connected(async (seen) => {
      const { params = {}, id } = seen.message
      if (ofEpoch(seen) === 2 && params.uri === 'test://a') {
        asked.open(undefined)
        await held.opened
      }
      if (ofEpoch(seen) > 1 || params.uri !== 'test://late') return undefined
      accepted.open(undefined)
      await answered.opened
      return json(200, { jsonrpc: '2.0', id, result: {} })
    })
    await subscribe(client, 'test://a')
    const late = subscribe(client, 'test://late')
    await accepted.opened
    server.forget()
    const call = client.call()
    await asked.opened
    answered.open(undefined)
    await late
    held.open(undefined)
    await call
    await client.call()
    expect(server.told(2).uris).toEqual(['test://a', 'test://late'])
  })

  it('does not undo what the client has said since', async () => {
    const accepted = gate()
    const answered = gate<Response>()
    const caughtUp = gate()
    const { server, client } = await connected((seen) => {
      const { method, params = {}, id } = seen.message
      if (method !== 'logging/setLevel') return undefined
      if (String(id).startsWith('mcp-tether-')) caughtUp.open(undefined)
      if (ofEpoch(seen) > 1 || params.level !== 'debug') return undefined
      accepted.open(undefined)
      return answered.opened
    })
    const older = setLevel(client, 'debug')
    await accepted.opened
    server.forget()
    await setLevel(client, 'error')
    // The late refusal is replayed on the new session, after what the client has said later.
    answered.open(lost())
    await older
    await caughtUp.opened
    await client.call()
    expect(server.told(2).level).toBe('error')
  })
})

it('adds no request on a session that was never lost, in whatever order its answers come', async () => {
  const held = gate()
  const { server, client } = await connected(({ message }) =>
    message.params?.level === 'debug' ? held.opened.then(() => undefined) : undefined,
  )
  const older = setLevel(client, 'debug')
  await setLevel(client, 'error')
  held.open(undefined)
  await older
  await client.call()
  expect(server.lines().slice(2)).toEqual(['logging/setLevel 1', 'logging/setLevel 1', 'tools/call 1'])
  server.forget()
  await client.call()
  expect(server.told(2).level).toBe('error')
})

describe('a server that is another after a recovery', () => {
  const info = (version: string) => ({ name: 'server', version, title: 'A server' })
  const first = { serverInfo: info('1'), capabilities: { tools: {} }, instructions: 'Be quick. '.repeat(1_000) }

  it.each([
    ['serverInfo', { serverInfo: info('2') }],
    ['capabilities', { capabilities: { tools: { listChanged: true } } }],
    ['instructions', { instructions: 'Be slow.' }],
    ['protocolVersion', { protocolVersion: '2025-06-18' }],
  ])('is told in an event when its %s changed', async (aspect, change) => {
    const server = rememberingServer()
    const log = eventLog()
    server.settings.initializeResult = first
    const client = clientOf(withSessionRecovery({ onEvent: log.onEvent })(server.fetch))
    await client.connect()
    server.forget()
    await client.call()
    expect(log.all('server-changed')).toEqual([])
    server.settings.initializeResult = { ...first, ...change }
    server.forget()
    await client.call()
    expect(log.all('server-changed')).toEqual([
      {
        type: 'server-changed',
        session: expect.any(String) as string,
        epoch: 3,
        changed: [aspect],
        server: { name: 'server', version: aspect === 'serverInfo' ? '2' : '1' },
        previousServer: { name: 'server', version: '1' },
      },
    ])
    server.forget()
    await client.call()
    expect(log.all('server-changed')).toHaveLength(1)
  })

  it('is not taken for what it was by an InitializeResult that is read late', async () => {
    const server = rememberingServer()
    const log = eventLog()
    const fetch = withSessionRecovery({ onEvent: log.onEvent })(server.fetch)
    let first: Response | undefined
    const client = clientOf(async (url, init) => {
      const response = await fetch(url, init)
      first ??= response
      return first === response ? new Response('', { headers: response.headers }) : response
    })
    await client.connect()
    server.settings.initializeResult = { serverInfo: info('2') }
    server.forget()
    await client.call()
    await first?.text()
    server.forget()
    await client.call()
    expect(log.all('server-changed')).toEqual([])
  })

  it('is compared with nothing when the client never read its InitializeResult', async () => {
    const server = rememberingServer()
    const log = eventLog()
    const fetch = withSessionRecovery({ onEvent: log.onEvent })(server.fetch)
    const client = clientOf(async (url, init) => {
      const response = await fetch(url, init)
      // The head of the answer is all that this client wants.
      const { body } = init ?? {}
      return typeof body === 'string' && body.includes('"initialize"') ? new Response('', response) : response
    })
    await client.connect()
    server.settings.initializeResult = first
    server.forget()
    expect((await client.call()).answer).toMatchObject({ result: {} })
    expect(log.all('server-changed')).toEqual([])
  })
})
