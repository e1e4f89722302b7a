import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { eventContract } from './event-contract.fixture.js'
import type { StoreError } from './errors.js'
import type { ContractBench, Given } from './given.fixture.js'
import { recordContract } from './record-contract.fixture.js'
import { sessionContract } from './session-contract.fixture.js'
import type { Store } from './store.js'
import { expectToBehaveAsModel } from './store-model.fixture.js'

const minute = 60_000

/** What every store does, whatever is behind it. */
export function storeContract(name: string, start: () => Promise<ContractBench>): void {
  describe(`${name}: the contract`, () => {
    let bench: ContractBench
    let store: Store
    let other: Store
    let id: string

    beforeAll(async () => {
      bench = await start()
      store = bench.open()
      other = bench.open()
    })
    afterAll(async () => {
      await Promise.all([store.close(), other.close()])
      await bench.close()
    })
    beforeEach(() => {
      id = randomUUID()
    })
    const given: Given = {
      get bench() {
        return bench
      },
      get store() {
        return store
      },
      get other() {
        return other
      },
      get id() {
        return id
      },
    }

    sessionContract(given)
    eventContract(given)
    recordContract(given)

    it('behaves as a model of a few lines, in random histories', { timeout: 60_000 }, async () => {
      const advance = bench.advance?.bind(bench)
      await expectToBehaveAsModel([store, other], advance, advance === undefined ? 30 : 60)
    })

    it('refuses everything after close, which may be called twice', async () => {
      const closed = bench.open()
      await closed.sessions.put(id, {}, minute)
      await Promise.all([closed.close(), closed.close(), closed[Symbol.asyncDispose]()])
      const refused = [closed.sessions.get(id), closed.events(id).storeEvent('s', {}), closed.bus.publish(id, 1)]
      for (const result of await Promise.allSettled(refused)) {
        expect((result as PromiseRejectedResult).reason as StoreError).toMatchObject({ code: 'store_closed' })
      }
      expect(await store.sessions.get(id)).toBeDefined()
    })
  })
}
