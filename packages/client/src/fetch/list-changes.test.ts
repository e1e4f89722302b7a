import { describe, expect, it } from 'vitest'
import { eventLog } from '../base/event-log.fixture.js'
import { clientOf, gate, json, type Answer, type Seen } from './in-process-server.fixture.js'
import { rememberingServer } from './remembering-server.fixture.js'
import type { SessionRecoveryOptions } from './options.js'
import { withSessionRecovery } from './with-session-recovery.js'

let ids = 2_000

type Client = ReturnType<typeof clientOf>

async function list(client: Client, method: string, cursor?: string): Promise<{ nextCursor?: string }> {
  const response = await client.post({ id: ++ids, method, params: cursor === undefined ? {} : { cursor } })
  return ((await response.json()) as { result: { nextCursor?: string } }).result
}

async function listAll(client: Client, method: string): Promise<void> {
  let { nextCursor } = await list(client, method)
  while (nextCursor !== undefined) ({ nextCursor } = await list(client, method, nextCursor))
}

const items = (...names: string[]) => names.map((name) => ({ name, description: `What ${name} is` }))

async function connected(options: SessionRecoveryOptions = {}, intercept?: (seen: Seen) => Answer) {
  const log = eventLog()
  const waiting: { method: string; open: () => void }[] = []
  const server = rememberingServer((seen) => {
    for (const it of waiting) if (isOwn(seen) && it.method === seen.message.method) it.open()
    return intercept?.(seen)
  })
  const recovering = withSessionRecovery({ onEvent: log.onEvent, random: () => 0, ...options })
  const client = clientOf(recovering(server.fetch))
  await client.connect()
  return {
    server,
    log,
    client,
    /** Resolves when the engine lists this itself. */
    relisted: (method: string) =>
      new Promise<void>((resolve) => {
        waiting.push({ method, open: resolve })
      }),
    own: () => server.log.filter(isOwn).map(({ message }) => message.method),
    lose: async () => {
      server.forget()
      await client.call()
    },
  }
}

const isOwn = ({ message }: Seen) => String(message.id).startsWith('mcp-tether-') && message.method !== 'initialize'

describe('after a recovery', () => {
  it('the lists that the client asked for are listed again, page by page, after the replay', async () => {
    const { server, client, log, own, lose } = await connected()
    server.lists['tools/list'] = [items('a', 'b'), items('c')]
    server.lists['resources/templates/list'] = [items('t')]
    await listAll(client, 'tools/list')
    await listAll(client, 'resources/templates/list')
    server.lists['resources/templates/list'] = [items('u')]
    await lose()
    expect(own()).toEqual([])
    const event = await log.next('list-changed')
    expect(event).toMatchObject({ list: 'resources', announced: true, epoch: 2 })
    expect(own()).toEqual(['tools/list', 'tools/list', 'resources/templates/list'])
    expect(log.all('list-changed')).toHaveLength(1)
  })

  it.each([
    ['another item', [items('a', 'b', 'd')]],
    ['an item less', [items('a', 'b')]],
    ['an item more', [items('a', 'b', 'c', 'd')]],
    ['another content', [[...items('a', 'b'), { name: 'c', description: 'New' }]]],
    ['an item twice in the place of another', [items('a', 'b', 'b')]],
    ['no list any more', []],
  ])('%s is a change', async (_what, changed) => {
    const { server, client, log, lose } = await connected()
    server.lists['tools/list'] = [items('a', 'b'), items('c')]
    await listAll(client, 'tools/list')
    server.lists['tools/list'] = changed
    await lose()
    expect(await log.next('list-changed')).toMatchObject({ list: 'tools', announced: true })
  })

  it.each([
    ['another order', [items('c', 'a', 'b')]],
    ['other pages', [items('a'), items('b'), items('c')]],
    ['another order of members', [items('a', 'b', 'c').map(({ name, description }) => ({ description, name }))]],
  ])('%s is none', async (_what, changed) => {
    const { server, client, log, lose } = await connected()
    server.lists['tools/list'] = [items('a', 'b'), items('c')]
    server.lists['prompts/list'] = [items('p')]
    await listAll(client, 'tools/list')
    await listAll(client, 'prompts/list')
    server.lists['tools/list'] = changed
    server.lists['prompts/list'] = [items('q')]
    await lose()
    // Tools are compared first.
    expect(await log.next('list-changed')).toMatchObject({ list: 'prompts' })
    expect(log.all('list-changed')).toHaveLength(1)
  })

  it('of a list that the client has not read to its end only so much is compared', async () => {
    const { server, client, log, own, lose } = await connected()
    server.lists['tools/list'] = [items('a', 'b'), items('c', 'd'), items('e')]
    server.lists['prompts/list'] = [items('p')]
    await list(client, 'tools/list')
    await list(client, 'prompts/list')
    server.lists['tools/list'] = [items('a'), items('b', 'c'), items('changed')]
    server.lists['prompts/list'] = [items('q')]
    await lose()
    expect(await log.next('list-changed')).toMatchObject({ list: 'prompts' })
    expect(own()).toEqual(['tools/list', 'tools/list', 'prompts/list'])
  })

  it('a list that was never asked for is not touched, nor one that the client lists again itself', async () => {
    const { server, client, own, relisted, lose } = await connected()
    server.lists['tools/list'] = [items('a')]
    server.lists['prompts/list'] = [items('p')]
    await list(client, 'tools/list')
    await list(client, 'prompts/list')
    const done = relisted('prompts/list')
    await lose()
    await list(client, 'tools/list')
    await done
    expect(own()).toEqual(['prompts/list'])
  })

  it.each([
    ['declared', { tools: {} }, false],
    ['declared', { tools: { listChanged: true } }, true],
    ['always', { tools: {} }, true],
  ] as const)(
    'with announceListChanges: %s and %j a change is announced: %s',
    async (policy, capabilities, announced) => {
      const log = eventLog()
      const server = rememberingServer()
      server.settings.initializeResult = { capabilities }
      const fetch = withSessionRecovery({ onEvent: log.onEvent, announceListChanges: policy })(server.fetch)
      const client = clientOf(fetch)
      await client.connect()
      await list(client, 'tools/list')
      server.lists['tools/list'] = [items('new')]
      server.forget()
      await client.call()
      expect(await log.next('list-changed')).toMatchObject({ announced })
    },
  )

  it('with announceListChanges: never nothing is listed', async () => {
    const timers: number[] = []
    const clock = {
      now: () => performance.now(),
      schedule: (callback: () => void, ms: number) => {
        timers.push(ms)
        const timer = setTimeout(callback, ms)
        return () => {
          clearTimeout(timer)
        }
      },
    }
    const { client, lose } = await connected({ announceListChanges: 'never', clock })
    await list(client, 'tools/list')
    await lose()
    expect(timers).not.toContain(100)
  })

  it('a list that the client reads on meanwhile is compared as far as it then has read', async () => {
    const held = gate()
    const { server, client, log, relisted, lose } = await connected({}, (seen) =>
      isOwn(seen) && seen.message.method === 'tools/list' ? held.opened.then(() => undefined) : undefined,
    )
    server.lists['tools/list'] = [items('a'), items('b')]
    const { nextCursor } = await list(client, 'tools/list')
    server.lists['tools/list'] = [items('a'), items('changed')]
    const begun = relisted('tools/list')
    await lose()
    await begun
    server.lists['tools/list'] = [items('a'), items('b')]
    await list(client, 'tools/list', nextCursor)
    server.lists['tools/list'] = [items('a'), items('changed again')]
    held.open(undefined)
    expect(await log.next('list-changed')).toMatchObject({ list: 'tools', announced: true })
  })

  it('a list is not compared with what it was while the session is being lost again', async () => {
    const renewing = gate()
    const aborted = gate()
    let lives = 0
    const { client, relisted, lose, server } = await connected({}, (seen) => {
      if (seen.message.method === 'initialize' && ++lives === 3) return renewing.opened.then(() => undefined)
      if (!isOwn(seen) || seen.message.method !== 'tools/list') return undefined
      seen.init.signal?.addEventListener('abort', () => {
        aborted.open(undefined)
      })
      return new Promise<undefined>(() => undefined)
    })
    await list(client, 'tools/list')
    const begun = relisted('tools/list')
    await lose()
    await begun
    server.forget()
    const call = client.call()
    await aborted.opened
    renewing.open(undefined)
    expect((await call).answer).toMatchObject({ result: { on: 'session-3' } })
  })

  it('a comparison reads no more than its share', async () => {
    const description = 'x'.repeat(3_900_000)
    const { server, client, log, own, lose } = await connected({}, (seen) =>
      isOwn(seen) && seen.message.method === 'tools/list'
        ? json(200, { jsonrpc: '2.0', id: seen.message.id, result: { tools: [{ description }], nextCursor: 'more' } })
        : undefined,
    )
    await list(client, 'tools/list')
    server.lists['tools/list'] = [items('new')]
    await lose()
    expect(await log.next('list-comparison-failed')).toMatchObject({ reason: 'the list is too long' })
    expect(own()).toHaveLength(5)
  })

  it('a second recovery ends the first comparison, and compares again', async () => {
    const held = gate()
    const aborted = gate()
    let holding = true
    const { server, client, log, relisted, lose } = await connected({}, (seen) => {
      if (!holding || !isOwn(seen) || seen.message.method !== 'tools/list') return undefined
      seen.init.signal?.addEventListener('abort', () => {
        aborted.open(undefined)
      })
      return held.opened.then(() => undefined)
    })
    server.lists['tools/list'] = [items('a')]
    await list(client, 'tools/list')
    server.lists['tools/list'] = [items('b')]
    const begun = relisted('tools/list')
    await lose()
    await begun
    holding = false
    await lose()
    await aborted.opened
    held.open(undefined)
    expect(await log.next('list-changed')).toMatchObject({ epoch: 3 })
    expect(log.all('list-changed')).toHaveLength(1)
  })

  it('a comparison that the server is away for is tried again', async () => {
    let refusals = 2
    const { server, client, log, own, lose } = await connected({}, (seen) =>
      isOwn(seen) && refusals-- > 0 ? new Response(null, { status: 503 }) : undefined,
    )
    await list(client, 'tools/list')
    server.lists['tools/list'] = [items('new')]
    await lose()
    await log.next('list-changed')
    expect(own()).toEqual(['tools/list', 'tools/list', 'tools/list'])
  })

  it.each([
    ['stays away', () => new Response(null, { status: 503 }), 'HTTP 503', 3],
    ['wants a sign-in', () => new Response(null, { status: 401 }), 'HTTP 401', 1],
    [
      'fails',
      (id: unknown) => json(200, { jsonrpc: '2.0', id, error: { code: -32603, message: 'no' } }),
      '-32603: no',
      1,
    ],
    [
      'never comes to an end',
      (id: unknown) => json(200, { jsonrpc: '2.0', id, result: { tools: [], nextCursor: 'again' } }),
      'the list is too long',
      100,
    ],
  ])('a comparison for which the server %s is given up, and an event says so', async (_what, refuse, reason, asked) => {
    const { server, client, log, own, lose } = await connected({}, (seen) =>
      isOwn(seen) && seen.message.method === 'tools/list' ? refuse(seen.message.id) : undefined,
    )
    await list(client, 'tools/list')
    server.lists['tools/list'] = [items('new')]
    await lose()
    expect(await log.next('list-comparison-failed')).toMatchObject({ list: 'tools', reason })
    expect(own()).toHaveLength(asked)
    expect(log.all('list-changed')).toEqual([])
  })

  it('what the client has asked for on the old session and sees only now is compared too', async () => {
    const arrived = gate()
    const answer = gate()
    const { server, client, log, lose } = await connected({}, (seen) => {
      if (isOwn(seen) || seen.message.method !== 'tools/list') return undefined
      arrived.open(undefined)
      return answer.opened.then(() =>
        json(200, { jsonrpc: '2.0', id: seen.message.id, result: { tools: items('old') } }),
      )
    })
    const late = list(client, 'tools/list')
    await arrived.opened
    server.lists['tools/list'] = [items('new')]
    await lose()
    answer.open(undefined)
    await late
    expect(await log.next('list-changed')).toMatchObject({ list: 'tools', announced: true })
  })

  it('a closed session is not compared', async () => {
    const { client, own, relisted, lose, server } = await connected({}, (seen) =>
      isOwn(seen) ? new Promise<undefined>(() => undefined) : undefined,
    )
    await list(client, 'tools/list')
    const begun = relisted('tools/list')
    await lose()
    await begun
    await client.send('DELETE')
    const [seen] = server.log.filter(isOwn)
    expect(seen?.init.signal?.aborted).toBe(true)
    expect(own()).toHaveLength(1)
  })

  it('the hints of tools are learned from the comparison', async () => {
    const hinted = (readOnlyHint: boolean) => [[{ name: 'a', annotations: { readOnlyHint } }]]
    let reset = false
    const { server, client, log, lose } = await connected({}, ({ message }) => {
      if (!reset || message.method !== 'tools/call') return undefined
      reset = false
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) })
    })
    server.lists['tools/list'] = hinted(true)
    await list(client, 'tools/list')
    reset = true
    expect((await client.call({ name: 'a' })).answer).toMatchObject({ result: {} })
    server.lists['tools/list'] = hinted(false)
    await lose()
    await log.next('list-changed')
    reset = true
    expect((await client.call({ name: 'a' })).answer).toMatchObject({ error: { code: -32011 } })
  })

  it('the hints of tools count no more when the server says on a stream that its tools have changed', async () => {
    let next: 'change' | 'reset' = 'change'
    const { server, client } = await connected({}, ({ message }) => {
      if (message.method !== 'tools/call') return undefined
      if (next === 'reset') {
        throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) })
      }
      const changed = { jsonrpc: '2.0', method: 'notifications/tools/list_changed' }
      const answer = { jsonrpc: '2.0', id: message.id, result: {} }
      const events = [changed, answer].map((data) => `data: ${JSON.stringify(data)}\n\n`).join('')
      return new Response(events, { headers: { 'content-type': 'text/event-stream' } })
    })
    server.lists['tools/list'] = [[{ name: 'a', annotations: { readOnlyHint: true } }]]
    await list(client, 'tools/list')
    expect((await client.call({ name: 'a' })).answer).toMatchObject({ result: {} })
    next = 'reset'
    expect((await client.call({ name: 'a' })).answer).toMatchObject({ error: { code: -32011 } })
  })
})
