import fc from 'fast-check'
import { judge } from '../judge/judge.js'
import type { History } from '../model/history.js'
import { play, type Engine } from '../model/play.js'
import type { Features } from '../schedule/features.js'
import { schedules } from '../schedule/generate.js'
import type { Schedule } from '../schedule/schedule.js'
import { count, type Classes } from './classes.js'

export interface SimulationOptions {
  readonly runs: number
  readonly seed: number
  readonly features: Features
  /** @default the one of this workspace */
  readonly engine?: Engine
  /** Stops at the first failure, and does not look for a shorter schedule of it. @default false */
  readonly isQuick?: boolean
  /** Called now and then with how many schedules were played. Says whether to go on. */
  readonly goOn?: (played: number) => boolean
}

/** A failure: for the first one, the shortest schedule that was found for it. */
export interface Finding {
  readonly schedule: Schedule
  readonly history: History
  readonly faults: readonly string[]
}

export interface SimulationResult {
  readonly played: number
  readonly classes: Classes
  readonly findings: readonly Finding[]
}

/** Schedules that are made from one seed. After a failure the rest of its batch is left out. */
const batch = 100

/** How long the shortest schedule of a failure is looked for. */
const shrinkMs = 20_000

/** Plays random schedules and has every one of them judged. */
export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const { runs, seed, features, engine, isQuick = false, goOn } = options
  const arbitrary = schedules(features)
  const classes: Classes = {}
  const findings: Finding[] = []
  let played = 0
  for (let first = 0; first < runs; first += batch) {
    let failedAt: number | undefined
    const property = fc.asyncProperty(arbitrary, async (schedule) => {
      if (failedAt !== undefined && performance.now() - failedAt > shrinkMs) return true
      const history = await play(schedule, features, engine)
      const isGood = judge(history).length === 0
      if (failedAt === undefined) {
        played++
        count(history, classes)
        if (!isGood) failedAt = performance.now()
      }
      return isGood
    })
    const { failed, counterexample } = await fc.check(property, {
      numRuns: Math.min(batch, runs - first),
      seed: seedOf(seed, first / batch),
      endOnFailure: isQuick || findings.length > 0,
    })
    if (failed && counterexample) {
      const [schedule] = counterexample
      const history = await play(schedule, features, engine)
      findings.push({ schedule, history, faults: judge(history) })
      if (isQuick) break
    }
    // The world outside gets its turn: signals, output, what the platform cleans up.
    await new Promise((resolve) => setImmediate(resolve))
    if (goOn && !goOn(played)) break
  }
  return { played, classes, findings }
}

function seedOf(seed: number, index: number): number {
  return (Math.imul(seed, 0x9e3779b1) + Math.imul(index, 0x85ebca6b)) | 0
}
