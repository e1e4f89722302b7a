import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  afterEnding,
  afterStart,
  freshThrottle,
  isFresh,
  remembered,
  suspendedForMs,
  type RecoveryEnding,
  type ThrottleState,
} from './throttle.js'

const settings = { maxTokens: 10, tokensPerSuccess: 1, pauseMs: 5_000 }

/** One recovery after the other, each as far as it is let. */
function run(endings: readonly RecoveryEnding[], state: ThrottleState = freshThrottle(settings), now = 0) {
  let started = 0
  for (const ending of endings) {
    if (suspendedForMs(state, now) !== undefined) break
    const before = afterStart(state)
    started++
    state = afterEnding(before, ending, before.onTrial, now, settings)
    if (ending === 'accepted') state = afterEnding(state, 'proven', false, now, settings)
  }
  return { state, started }
}

const repeated = (ending: RecoveryEnding, times: number) => Array<RecoveryEnding>(times).fill(ending)

describe('recoveries of one server', () => {
  it('are as many as there are losses, as long as they work', () => {
    const { state, started } = run(repeated('accepted', 1_000))
    expect(started).toBe(1_000)
    expect(isFresh(state, settings)).toBe(true)
  })

  it('are as many as wanted in an outage', () => {
    expect(run(repeated('undecided', 1_000))).toEqual({ state: freshThrottle(settings), started: 1_000 })
  })

  it.each(['failed', 'died-young'] as const)('that %s are suspended after five', (ending) => {
    const { state, started } = run(repeated(ending, 100))
    expect(started).toBe(5)
    expect(suspendedForMs(state, 1_000)).toBe(4_000)
  })

  it('get one trial after the pause, and a longer pause each time it fails', () => {
    let { state } = run(repeated('failed', 5))
    let now = 0
    const pauses: number[] = []
    for (let trial = 0; trial < 6; trial++) {
      const forMs = suspendedForMs(state, now) ?? 0
      pauses.push(forMs)
      now += forMs
      expect(suspendedForMs(state, now)).toBeUndefined()
      const onTrial = afterStart(state)
      expect(suspendedForMs(onTrial, now)).toBeGreaterThan(0)
      state = afterEnding(onTrial, 'failed', true, now, settings)
    }
    expect(pauses).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000])
  })

  it('are free again after a trial that worked, and suspended by the very next that fails', () => {
    const { state } = run(repeated('failed', 5))
    const freed = afterEnding(afterStart(state), 'accepted', true, 5_000, settings)
    expect(suspendedForMs(freed, 5_000)).toBeUndefined()
    expect(suspendedForMs(afterEnding(freed, 'died-young', false, 5_000, settings), 5_000)).toBe(10_000)
  })

  it('get another trial when the one was undecided', () => {
    const { state } = run(repeated('failed', 5))
    const after = afterEnding(afterStart(state), 'undecided', true, 5_000, settings)
    expect(suspendedForMs(after, 5_000)).toBeUndefined()
  })

  it('are about another time when a pause was over a minute ago and nobody tried', () => {
    const { state } = run(repeated('failed', 5))
    const pauseIsOver = state.suspendedUntil ?? 0
    expect(remembered(state, pauseIsOver + 60_000)).toBe(state)
    expect(remembered(state, pauseIsOver + 60_001)).toBeUndefined()
    expect(remembered(afterStart(state), pauseIsOver + 3_600_000)).toBeDefined()
    expect(remembered(freshThrottle(settings), 3_600_000)).toBeDefined()
  })

  it('that fail together suspend it once', () => {
    let state = freshThrottle(settings)
    for (let recovery = 0; recovery < 1_000; recovery++) state = afterEnding(state, 'failed', false, 0, settings)
    expect(state).toMatchObject({ tokens: 0, pauses: 1, suspendedUntil: 5_000 })
  })

  it('never spend more tokens than there are, nor get more than fit, and are never suspended for longer than a minute', () => {
    const ending = fc.constantFrom<RecoveryEnding>('failed', 'died-young', 'accepted', 'proven', 'undecided')
    fc.assert(
      fc.property(fc.array(fc.tuple(ending, fc.boolean(), fc.nat({ max: 100_000 }))), (steps) => {
        let state = freshThrottle(settings)
        let now = 0
        for (const [what, isTrial, later] of steps) {
          now += later
          const forMs = suspendedForMs(state, now)
          const started = forMs === undefined && isTrial ? afterStart(state) : state
          state = afterEnding(started, what, started.onTrial, now, settings)
          expect(state.tokens).toBeGreaterThanOrEqual(0)
          expect(state.tokens).toBeLessThanOrEqual(settings.maxTokens)
          expect(suspendedForMs(state, now) ?? 0).toBeLessThanOrEqual(60_000)
          expect(state.suspendedUntil === undefined).toBe(state.tokens > settings.maxTokens / 2)
        }
      }),
    )
  })

  it('are never suspended while at most every second one is of no use', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom<RecoveryEnding>('failed', 'died-young')), (failures) => {
        const endings = failures.flatMap((failure): RecoveryEnding[] => [failure, 'accepted'])
        expect(run(endings).started).toBe(endings.length)
      }),
    )
  })
})
