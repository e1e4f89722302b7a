import type { Face } from '../faces/face.js'
import type { Scenario } from '../scenarios/scenario.js'
import { canPlay, runScenario } from './run-scenario.js'
import type { Report, RunOptions } from './run-scenario.js'

/** Options of {@link runAll}. */
export interface RunAllOptions extends RunOptions {
  /** How many plays are under way at once; most of a play is waiting. @default 1 */
  readonly parallel?: number
  /** Called with each report when it is there. */
  readonly onReport?: (report: Report) => void
}

/**
 * Plays every scenario that a face can play, with a face made anew for each. Resolves with a report for each play; when
 * `signal` is aborted, with those of the plays that had begun.
 */
export async function runAll(
  faces: readonly (() => Face)[],
  scenarios: readonly Scenario[],
  options: RunAllOptions = {},
): Promise<readonly Report[]> {
  const plays = scenarios.flatMap((scenario) =>
    faces.map((make) => ({ face: make(), scenario })).filter(({ face }) => canPlay(face, scenario)),
  )
  const reports: Report[] = []
  const next = plays.values()
  const playOn = async (): Promise<void> => {
    // All of them take from the same iterator: each play is played once.
    for (const { face, scenario } of next) {
      if (options.signal?.aborted === true) return
      const report = await runScenario(face, scenario, options)
      reports.push(report)
      options.onReport?.(report)
    }
  }
  await Promise.all(Array.from({ length: options.parallel ?? 1 }, playOn))
  return reports
}
