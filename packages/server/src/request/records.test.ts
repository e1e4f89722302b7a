import { memoryStore, type Store } from '@mcp-tether/store'
import { expect, it } from 'vitest'
import type { SessionRecord } from '../session/session-record.js'
import { SessionRecords } from './records.js'

const record: SessionRecord = {
  format: 1,
  initialize: {},
  protocolVersion: '2025-11-25',
  principal: null,
  createdAt: Date.now(),
  logLevel: null,
  subscriptions: [],
}
const minute = 60_000

it('does not say that it has changed what others were always quicker to change', async () => {
  const store = memoryStore()
  const busy: Store = {
    ...store,
    sessions: {
      ...store.sessions,
      async compareAndSet(id, ...given) {
        await store.sessions.put(id, { ...record }, minute)
        return store.sessions.compareAndSet(id, ...given)
      },
    },
  }
  const records = new SessionRecords(busy, { idle: minute, absolute: minute }, Date.now)
  const version = await records.write('id', record)
  const live = { sessionId: 'id', version, record }
  const changing = records.change(live, (before) => ({ ...before, logLevel: 'error' }))
  await expect(changing).rejects.toMatchObject({ code: 'store_failed' })
  expect(live.record.logLevel).toBeNull()
})
