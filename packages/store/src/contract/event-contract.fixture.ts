import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ContractBench, Given } from './given.fixture.js'
import type { Store } from './store.js'

const minute = 60_000

/** Events, and how they are trimmed. */
export function eventContract(given: Given): void {
  describe('events', () => {
    let bench: ContractBench
    let store: Store
    let other: Store
    let id: string
    beforeEach(() => {
      ;({ bench, store, other, id } = given)
    })

    const replayed = async (from: Store, eventId: string) => {
      const sent: [string, object][] = []
      const send = (sentId: string, message: object) => {
        sent.push([sentId, message])
        return Promise.resolve()
      }
      return { stream: await from.events(id).replayEventsAfter(eventId, { send }), sent }
    }

    it('come back after an id, of this stream only, in order, from every process', async () => {
      const events = [store.events(id), other.events(id)] as const
      const ids: string[] = []
      for (let n = 0; n < 250; n++) {
        const event = await events[n % 2 ? 1 : 0].storeEvent('stream-a', { jsonrpc: '2.0', n })
        ids.push(event)
        if (n % 50 === 0) await events[0].storeEvent('_GET_stream', { n })
      }
      expect(new Set(ids).size).toBe(250)
      const { stream, sent } = await replayed(other, ids[9] ?? '')
      expect(stream).toBe('stream-a')
      expect(sent).toEqual(ids.slice(10).map((event, index) => [event, { jsonrpc: '2.0', n: index + 10 }]))
      expect(await replayed(store, ids.at(-1) ?? '')).toEqual({ stream: 'stream-a', sent: [] })
      expect(await events[1].getStreamIdForEventId(ids[3] ?? '')).toBe('stream-a')
      expect((await events[0].readFromStart('_GET_stream')).events.map(({ message }) => message)).toEqual(
        [0, 50, 100, 150, 200].map((n) => ({ n })),
      )
      const first = await events[0].read(ids[0] ?? '', 3)
      expect(first).toMatchObject({ status: 'found', page: { streamId: 'stream-a', more: true } })
      expect(first.page?.events.map(({ eventId }) => eventId)).toEqual(ids.slice(1, 4))
    })

    it('keep their order when nobody waits for them', async () => {
      const events = store.events(id)
      const appended = Array.from({ length: 100 }, (_, n) => events.append('stream', { n }))
      await Promise.all(appended.map(({ stored }) => stored))
      const page = await other.events(id).readFromStart('stream', 1000)
      expect(page).toEqual({
        streamId: 'stream',
        events: appended.map(({ eventId }, n) => ({ eventId, message: { n } })),
        more: false,
      })
    })

    it('are of their session only', async () => {
      const event = await store.events(id).storeEvent('_GET_stream', {})
      const another = store.events(randomUUID())
      expect(await another.read(event)).toMatchObject({ status: 'unknown' })
      expect(await another.getStreamIdForEventId(event)).toBeUndefined()
      await expect(
        another.replayEventsAfter(event, { send: () => Promise.reject(new Error('no')) }),
      ).rejects.toMatchObject({ code: 'event_unknown' })
    })

    it('know what is no event id', async () => {
      const events = store.events(id)
      for (const wrong of ['', 'x', '~', 'a~b c', 'a\n~b', '%~b', `${'a'.repeat(600)}~b`, 'ä~b']) {
        expect(await events.read(wrong)).toEqual({ status: 'invalid' })
        expect(await events.getStreamIdForEventId(wrong)).toBeUndefined()
      }
      const awkward = await events.storeEvent('a~b/ä {c}', { n: 1 })
      expect(awkward).toMatch(/^[!-~]+$/)
      expect(await events.getStreamIdForEventId(awkward)).toBe('a~b/ä {c}')
      await expect(events.storeEvent('', {})).rejects.toMatchObject({ code: 'invalid_option' })
    })

    it('are trimmed by count, and what may be missing is told', async () => {
      const few = bench.open({ events: { maxEvents: 5 } })
      const events = few.events(id)
      const notification = await events.storeEvent('_GET_stream', { quiet: true })
      const ids: string[] = []
      for (let n = 0; n < 12; n++) ids.push(await events.storeEvent('busy', { n }))
      expect((await events.readFromStart('busy')).events.map(({ eventId }) => eventId)).toEqual(ids.slice(7))
      expect(await events.read(ids[6] ?? '')).toMatchObject({ status: 'trimmed' })
      expect(await events.getStreamIdForEventId(ids[6] ?? '')).toBeUndefined()
      await expect(replayed(few, ids[6] ?? '')).rejects.toMatchObject({ code: 'event_unknown' })
      expect((await replayed(few, ids[7] ?? '')).sent).toHaveLength(4)
      // Calls drive no notification out.
      expect(await events.read(notification)).toMatchObject({ status: 'found', page: { events: [] } })
      await events.clear()
      expect(await events.read(notification)).toMatchObject({ status: 'unknown' })
      await few.close()
    })

    it('are trimmed by size, but never the newest', async () => {
      const small = bench.open({ events: { maxBytes: 5000 } })
      const events = small.events(id)
      const text = 'x'.repeat(2000)
      for (let n = 0; n < 10; n++) await events.storeEvent('stream', { n, text })
      expect((await events.readFromStart('stream')).events.map(({ message }) => (message as { n: number }).n)).toEqual([
        8, 9,
      ])
      const large = await events.storeEvent('stream', { text: text.repeat(10) })
      expect((await events.readFromStart('stream')).events.map(({ eventId }) => eventId)).toEqual([large])
      await small.close()
    })

    it('are trimmed by age', async () => {
      const brief = bench.open({ events: { maxAge: 300 } })
      await brief.sessions.put(id, {}, minute)
      const first = await brief.events(id).storeEvent('stream', { n: 1 })
      let newest = ''
      await bench.afterwards(400, async () => {
        newest = await brief.events(id).storeEvent('stream', {})
        return (await brief.events(id).read(first)).status === 'trimmed'
      })
      // The newest is kept for as long as the session.
      await bench.afterwards(400, async () => (await brief.events(id).read(newest)).status === 'found')
      await brief.close()
    })
  })
}
