import type { Face } from '../faces/face.js'
import { FaultServer } from '../fault-server/fault-server.js'
import { judge } from '../judge/judge.js'
import type { Verdict } from '../judge/judge.js'
import { mask } from '../judge/mask.js'
import type { Scenario } from '../scenarios/scenario.js'
import { manyListeners } from '../wire/many-listeners.js'
import { Stage, StageOver } from './stage.js'
import { wireSummary } from './wire-summary.js'

/** How one face came through one scenario. Free of session ids and tokens: it may be printed. */
export interface Report {
  readonly scenario: string
  readonly face: string
  readonly verdict: Verdict
  /** Whether the scenario allows this verdict. */
  readonly passed: boolean
  readonly reasons: readonly string[]
  /** What went over the wire, line by line. */
  readonly wire: string
  readonly durationMs: number
}

export interface RunOptions {
  /** After this time the scenario is over, and what has not ended hangs. @default 8000 */
  readonly deadlineMs?: number
  /** Ends the scenario before its time when it is aborted. */
  readonly signal?: AbortSignal
}

/** Whether the face can do what the scenario needs. */
export function canPlay(face: Face, scenario: Scenario): boolean {
  return (scenario.needs ?? []).every((capability) => face.capabilities.has(capability))
}

/** Plays one scenario against one face and judges it. Never rejects because of what the face does. */
export async function runScenario(face: Face, scenario: Scenario, options: RunOptions = {}): Promise<Report> {
  if (!canPlay(face, scenario)) throw new TypeError(`${face.name} can't do what ${scenario.name} needs`)
  const startedAt = performance.now()
  const server = await FaultServer.start(scenario.server)
  const over = manyListeners(new AbortController())
  const end = (): void => {
    over.abort()
  }
  const timer = setTimeout(end, options.deadlineMs ?? 8000)
  options.signal?.addEventListener('abort', end)
  if (options.signal?.aborted) end()
  const stage = new Stage(face, server, over.signal)
  try {
    const crash = await play(scenario, stage, over.signal)
    const evidence = stage.evidence(over.signal.aborted)
    const { verdict, reasons } = judge(
      crash === undefined
        ? evidence
        : { ...evidence, troubles: [...evidence.troubles, { kind: 'crash', text: crash }] },
    )
    return {
      scenario: scenario.name,
      face: face.name,
      verdict,
      passed: (scenario.allows ?? ['recovered']).includes(verdict),
      reasons: reasons.map((reason) => mask(reason, stage.secrets)),
      wire: mask(wireSummary(server.log.exchanges), stage.secrets),
      durationMs: performance.now() - startedAt,
    }
  } finally {
    clearTimeout(timer)
    options.signal?.removeEventListener('abort', end)
    end()
    await stage.clear()
    await server.close()
  }
}

/** Resolves when the scenario has ended or its time is over; with a text if something broke outside of a call. */
async function play(scenario: Scenario, stage: Stage, over: AbortSignal): Promise<string | undefined> {
  let stop!: () => void
  const stopped = new Promise<undefined>((resolve) => {
    stop = () => {
      resolve(undefined)
    }
    over.addEventListener('abort', stop)
  })
  const playing = scenario.play(stage).then(
    () => stage.settled(),
    (error: unknown) => (error instanceof StageOver ? undefined : `outside of a call: ${String(error)}`),
  )
  try {
    return await Promise.race([playing, stopped])
  } finally {
    over.removeEventListener('abort', stop)
  }
}
