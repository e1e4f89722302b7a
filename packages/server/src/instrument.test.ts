import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { memoryStore, StoreError, type Store } from '@mcp-tether/store'
import { afterEach, expect, it } from 'vitest'
import type { ServerSessionEvent } from './index.js'
import { accept, initializeParams, open, post } from './raw-requests.fixture.js'
import { startReplicas } from './replicas.fixture.js'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const types = [
  'server-session-created',
  'server-session-restored',
  'server-session-recreated',
  'server-session-restore-failed',
  'server-session-closed',
  'server-session-unknown',
  'server-session-limit-reached',
  'server-outcome-unknown',
  'server-store-failed',
] as const satisfies readonly ServerSessionEvent['type'][]

/** All that is said on the channels; none is left out, or this does not compile. */
function listen() {
  const isWhole: Exclude<ServerSessionEvent['type'], (typeof types)[number]>[] = []
  expect(isWhole).toEqual([])
  const heard: ServerSessionEvent[] = []
  const listener = (event: unknown) => void heard.push(event as ServerSessionEvent)
  for (const type of types) {
    subscribe(`mcp-tether:${type}`, listener)
    ends.push(() => unsubscribe(`mcp-tether:${type}`, listener))
  }
  return heard
}

const alice = { authorization: 'Bearer alice' }
const call = { id: 2, method: 'tools/call', params: { name: 'where' } }
const ofSession = (id: string) => ({ ...alice, 'mcp-session-id': id, 'mcp-protocol-version': '2025-11-25' })

it('tells the callback and the channels the same, and never an id', async () => {
  const onChannels = listen()
  const told: ServerSessionEvent[] = []
  const store = memoryStore()
  let isBroken = false
  const bench = await startReplicas('v2', [store, store], {
    instrument: (event) => {
      told.push(event)
      throw new Error('A callback that throws harms nobody.')
    },
    unknownSessions: 'recreate',
    limits: { perPrincipal: 2 },
    rehydrate: () => {
      if (isBroken) throw new Error('broken')
    },
  })
  ends.push(() => bench.close())
  const seen = () => told.splice(0).map(({ type }) => type)
  bench.choose = () => 0
  const { id } = await open(bench.url, alice)
  expect(seen()).toEqual(['server-session-created'])

  bench.choose = () => 1
  isBroken = true
  expect((await post(bench.url, call, ofSession(id))).status).toBe(500)
  expect(seen()).toEqual(['server-session-restore-failed'])
  isBroken = false
  expect((await post(bench.url, call, ofSession(id))).status).toBe(200)
  expect(seen()).toEqual(['server-session-restored'])
  expect((await post(bench.url, call, { ...ofSession('forgotten') })).status).toBe(200)
  expect(seen()).toEqual(['server-session-recreated'])
  expect((await post(bench.url, { id: 1, method: 'initialize', params: initializeParams }, alice)).status).toBe(503)
  expect(seen()).toEqual(['server-session-limit-reached'])
  expect((await post(bench.url, call, { 'mcp-session-id': 'guessed' })).status).toBe(404)
  expect(seen()).toEqual(['server-session-unknown'])

  // A process that died in the middle of a call, as the store remembers it.
  const streamId = 'stream'
  await store.sessions.startRequest(id, { requestId: 7, owner: 'dead', streamId }, 60_000)
  const eventId = await store.events(id).storeEvent(streamId, {})
  const stream = await fetch(bench.url, { headers: { accept, 'last-event-id': eventId, ...ofSession(id) } })
  expect(await stream.text()).toContain('outcome_unknown')
  expect(seen()).toEqual(['server-outcome-unknown'])

  await fetch(bench.url, { method: 'DELETE', headers: ofSession(id) })
  await expect.poll(() => told.length).toBe(2)
  expect(seen()).toEqual(['server-session-closed', 'server-session-closed'])
  expect(JSON.stringify(onChannels)).not.toContain(id)
  expect(onChannels.map(({ type }) => type)).toEqual([
    ...types.slice(0, 1),
    'server-session-restore-failed',
    'server-session-restored',
    'server-session-recreated',
    'server-session-limit-reached',
    'server-session-unknown',
    'server-outcome-unknown',
    'server-session-closed',
    'server-session-closed',
  ])
  for (const event of onChannels) {
    if (event.type !== 'server-session-limit-reached') expect(event.session).toMatch(/^[0-9a-f]{8}$/)
  }
})

it('tells of what the store refused after an answer was on its way', async () => {
  const told: ServerSessionEvent[] = []
  const store = memoryStore()
  const failing: Store = {
    ...store,
    sessions: {
      ...store.sessions,
      finishRequest: () => Promise.reject(new StoreError('store_unavailable', 'away')),
    },
  }
  const bench = await startReplicas('v1', [failing], { instrument: (event) => told.push(event) })
  ends.push(() => bench.close())
  const { id } = await open(bench.url, alice)
  expect((await post(bench.url, call, ofSession(id))).status).toBe(200)
  await expect
    .poll(() => told)
    .toContainEqual({
      type: 'server-store-failed',
      session: expect.stringMatching(/^[0-9a-f]{8}$/) as unknown,
      error: expect.objectContaining({ code: 'store_unavailable' }) as unknown,
    })
})
