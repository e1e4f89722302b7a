import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lmdbStore } from './lmdb-store.js'
import { startWriting, type WritingProcess } from './writing-process.fixture.js'

let directory: string
let running: WritingProcess[]

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tether-kill-'))
  running = []
})
afterEach(async () => {
  await Promise.all(running.map((one) => one.kill()))
  rmSync(directory, { recursive: true })
})

function start(name: string): WritingProcess {
  const one = startWriting(directory, name)
  running.push(one)
  return one
}

/** All that the process was told is there. */
async function expectKept({ name, confirmed, eventIds }: WritingProcess): Promise<void> {
  const store = lmdbStore(directory)
  const session = await store.sessions.get(name)
  expect(session?.data.n).toBeGreaterThanOrEqual(confirmed.put)
  expect(session?.data.n).toBeLessThanOrEqual(confirmed.put + 1)
  const events = (await store.events(name).readFromStart('stream', 1000)).events
  const numbers = events.map(({ message }) => (message as { n: number }).n)
  const first = numbers[0] ?? 0
  expect(numbers).toEqual(numbers.map((_, index) => first + index))
  expect(numbers.at(-1)).toBeGreaterThanOrEqual(confirmed.event)
  const [kept] = eventIds.slice(-20)
  expect(await store.events(name).getStreamIdForEventId(kept ?? '')).toBe('stream')
  expect((await store.sessions.requestsInFlight(name)).length).toBeLessThanOrEqual(1)
  await store.close()
}

describe('SIGKILL at any moment', () => {
  it('loses nothing that was confirmed', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 6; round++) {
      const writing = start(`process-${round}`)
      // Where in its work it is when the signal comes is left to the two processes.
      await writing.progress(5 + round * 3)
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 5))
      await writing.kill()
      await expectKept(writing)
    }
  })

  it.each([2, 4])('of one of %i processes leaves the others at work', { timeout: 60_000 }, async (count) => {
    const writing = Array.from({ length: count }, (_, n) => start(`process-${n}`))
    await Promise.all(writing.map((one) => one.progress(10)))
    const [first, ...others] = writing
    for (let round = 0; round < 3; round++) {
      const victim = round === 0 && first !== undefined ? first : start(`victim-${round}`)
      await victim.progress(5)
      await victim.kill()
      await Promise.all(others.map((one) => one.progress(10)))
      await expectKept(victim)
    }
    await Promise.all(others.map((one) => one.kill()))
    for (const one of others) await expectKept(one)
    const store = lmdbStore(directory)
    // Everybody's increments are there: each that was confirmed, and at most one more of each process.
    const confirmed = running.reduce((sum, one) => sum + one.confirmed.counted + 1, 0)
    const counted = Number((await store.sessions.get('counter'))?.data.count)
    expect(counted).toBeGreaterThanOrEqual(confirmed)
    expect(counted).toBeLessThanOrEqual(confirmed + running.length)
    await store.close()
  })
})
