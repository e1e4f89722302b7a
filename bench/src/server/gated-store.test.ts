import { memoryStore } from '@mcp-tether/store'
import { expect, it } from 'vitest'
import { Gate, gatedStore, roundTripsOf } from './gated-store.js'

const gate = new Gate()
const store = gatedStore(memoryStore(), gate)
const put = (id: string) => store.sessions.put(id, {}, 1000)

it.each([
  ['none', 0, () => Promise.resolve()],
  ['one after the other', 2, () => put('a').then(() => put('b'))],
  ['two at once', 1, () => Promise.all([put('a'), put('b')])],
  ['one that nobody waits for', 1, () => put('a').then(() => void put('b'))],
  ['an event that nobody waits for', 0, () => Promise.resolve(store.events('a').append('stream', {}).eventId)],
  ['an event', 1, () => store.events('a').storeEvent('stream', {})],
])('counts %s as %i', async (_what, expected, work: () => Promise<unknown>) => {
  expect(await roundTripsOf(gate, work)).toBe(expected)
})
