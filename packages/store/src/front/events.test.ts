import type { EventStore as EventStoreV2 } from '@modelcontextprotocol/server'
import type { EventStore as EventStoreV1 } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { expect, it } from 'vitest'
import { memoryStore } from '../memory/memory-store.js'

// The compiler is the judge here: these lines fail to compile when the shape is no longer the SDKs' own.
it('is the event store of both SDKs', () => {
  const v1: EventStoreV1 = memoryStore().events('a')
  const v2: EventStoreV2 = memoryStore().events('a')
  expect([typeof v1.storeEvent, typeof v2.replayEventsAfter]).toEqual(['function', 'function'])
})
