import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../base/virtual-clock.fixture.js'
import { BackgroundQueue } from './background-queue.js'

/** Work of 100 ms each, that counts how much of it runs at once. */
function workOn(clock: VirtualClock) {
  const state = { running: 0, most: 0, startedAt: [] as number[] }
  let done: () => void = () => undefined
  const allDone = (count: number) =>
    new Promise<void>((resolve) => {
      done = () => {
        if (state.running === 0 && state.startedAt.length === count) resolve()
      }
    })
  const work = async () => {
    state.startedAt.push(clock.now())
    state.most = Math.max(state.most, ++state.running)
    await new Promise<void>((resolve) => clock.schedule(resolve, 100))
    state.running--
    done()
  }
  return { state, work, allDone }
}

describe('BackgroundQueue', () => {
  it('spreads work out, and runs so much of it at once for each server', async () => {
    const clock = new VirtualClock()
    let seed = 0
    const queue = new BackgroundQueue(clock, () => (seed = (seed + 0.618) % 1), 3)
    const one = workOn(clock)
    const other = workOn(clock)
    const finished = Promise.all([one.allDone(100), other.allDone(2)])
    for (let count = 0; count < 100; count++) queue.add('one', one.work)
    for (let count = 0; count < 2; count++) queue.add('other', other.work)
    expect(one.state.startedAt).toEqual([])
    await finished
    expect(one.state.most).toBe(3)
    expect(other.state.startedAt.every((at) => at < 2_000)).toBe(true)
    expect(new Set(one.state.startedAt).size).toBeGreaterThan(30)
    expect(clock.pending).toBe(0)
  })

  it('does not put off what is alone', () => {
    const clock = new VirtualClock()
    const { state, work } = workOn(clock)
    new BackgroundQueue(clock, () => 1, 3).add('server', work)
    return new Promise<void>((resolve) => clock.schedule(resolve, 1)).then(() => {
      expect(state.startedAt).toEqual([0])
    })
  })

  it('runs at once, and once, what somebody waits for', async () => {
    const clock = new VirtualClock()
    const queue = new BackgroundQueue(clock, () => 0, 1)
    const { state, work, allDone } = workOn(clock)
    const finished = allDone(4)
    const startNow = Array.from({ length: 4 }, () => queue.add('server', work))
    startNow[3]?.()
    startNow[3]?.()
    expect(state.startedAt).toEqual([0])
    await finished
    // The others take their turns, while the first of them runs beside it.
    expect(state.startedAt).toEqual([0, 0, 100, 200])
    startNow[0]?.()
    expect(state.startedAt).toHaveLength(4)
  })

  it('runs at once what waits for its turn', async () => {
    const clock = new VirtualClock()
    const queue = new BackgroundQueue(clock, () => 0, 1)
    const { state, work, allDone } = workOn(clock)
    const finished = allDone(3)
    const startNow = Array.from({ length: 3 }, () => queue.add('server', work))
    await new Promise<void>((resolve) => clock.schedule(resolve, 50))
    startNow[2]?.()
    await finished
    expect(state.startedAt).toEqual([0, 50, 100])
  })
})
