import type { Face } from '../faces/face.js'
import type { Scenario } from '../scenarios/scenario.js'
import { canPlay, runScenario } from './run-scenario.js'
import type { Report, RunOptions } from './run-scenario.js'

/** Plays every scenario a face can play, one after the other, for each face. */
export async function runAll(
  faces: readonly Face[],
  scenarios: readonly Scenario[],
  options: RunOptions & { readonly onReport?: (report: Report) => void } = {},
): Promise<readonly Report[]> {
  const reports: Report[] = []
  for (const scenario of scenarios) {
    for (const face of faces.filter((candidate) => canPlay(candidate, scenario))) {
      const report = await runScenario(face, scenario, options)
      reports.push(report)
      options.onReport?.(report)
    }
  }
  return reports
}
