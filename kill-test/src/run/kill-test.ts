import { Dice } from '../base/random.js'
import type { History } from '../judge/history.js'
import { judge } from '../judge/judge.js'
import { classesOf, tooRare, type Classes } from './classes.js'
import { planFleets } from './fleet-plan.js'
import { playFleet, type PlayOptions } from './play-fleet.js'

export interface KillTestOptions extends Pick<PlayOptions, 'store' | 'signal'> {
  readonly kills: number
  readonly seed: number
  readonly replicas?: number | undefined
  /** @default @mcp-tether/server */
  readonly server?: string | undefined
  /** Told of each fleet with failures. */
  readonly onFailed?: (history: History, failures: readonly string[]) => Promise<void>
  /** Told of the progress. */
  readonly tell?: (text: string) => void
}

export interface KillTestResult {
  readonly kills: number
  readonly failures: readonly string[]
  readonly classes: Classes
}

/** Plays all fleets, one after the other, and judges them. */
export async function killTest(options: KillTestOptions): Promise<KillTestResult> {
  const { kills, seed, store, signal, replicas, server = '@mcp-tether/server' } = options
  const tell = options.tell ?? (() => undefined)
  const dice = new Dice(seed)
  const histories: History[] = []
  const failures: string[] = []
  for (const [index, plan] of planFleets(kills, replicas).entries()) {
    let killed = 0
    const history = await playFleet(plan, {
      store,
      sessionsModule: server,
      dice: dice.child(index),
      signal,
      onKill: () => {
        killed++
        if (killed % 10 === 0 || killed === plan.kills) tell(`${plan.replicas} x SDK ${plan.major}: ${killed} kills`)
      },
    })
    // What was interrupted proves nothing.
    if (signal.aborted) break
    const found = judge(history)
    tell(`${history.fleet}: ${found.length} failures`)
    failures.push(...found.map((text) => `${history.fleet}: ${text}`))
    if (found.length > 0) await options.onFailed?.(history, found)
    histories.push(history)
  }
  const classes = classesOf(histories)
  failures.push(...tooRare(classes))
  return { kills: classes.kills ?? 0, failures, classes }
}
