import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Dice } from '../base/random.js'
import { Waits } from '../base/waits.js'
import { Fleet } from '../fleet/fleet.js'
import { startRedis, type RedisProcess } from '../fleet/redis-process.js'
import { emptyHistory, type Evidence, type History } from '../judge/history.js'
import { Load } from '../load/load.js'
import type { StorePlace } from '../server/orders.js'
import type { FleetPlan } from './fleet-plan.js'

/** ms that a fleet may take for each kill, and for its beginning and end. */
const limit = { perKill: 8_000, besides: 120_000 }
/** ms between cuts by the proxy. */
const cutting = { low: 100, high: 600 }

export interface PlayOptions {
  readonly store: 'lmdb' | 'redis'
  readonly sessionsModule: string
  readonly dice: Dice
  /** Told after each kill. */
  readonly onKill: () => void
  /** Ends everything at once. */
  readonly signal: AbortSignal
}

/** Plays one fleet, from an empty store to the last look at every session. Never leaves a process behind. */
export async function playFleet(plan: FleetPlan, options: PlayOptions): Promise<History> {
  const history = emptyHistory(`${plan.replicas} x SDK ${plan.major} on ${options.store}`)
  const waits = new Waits()
  const directory = await mkdtemp(join(tmpdir(), 'mcp-tether-kill-'))
  const evidence = join(directory, 'evidence')
  await writeFile(evidence, '')
  let redis: RedisProcess | undefined
  let fleet: Fleet | undefined
  let load: Load | undefined
  const onAbort = () => {
    fleet?.killAll()
    redis?.kill()
  }
  options.signal.addEventListener('abort', onAbort)
  try {
    if (options.store === 'redis') redis = await startRedis(join(directory, 'redis'), waits)
    const store: StorePlace =
      redis === undefined ? { kind: 'lmdb', directory: join(directory, 'lmdb') } : { kind: 'redis', url: redis.url }
    const { major, replicas } = plan
    fleet = new Fleet({ major, store, evidence, sessionsModule: options.sessionsModule }, replicas, waits, history)
    load = new Load(await fleet.start(replicas), history, waits, options.dice.child(1))
    const ms = limit.besides + plan.kills * limit.perKill
    await ended(killing(plan, options, fleet, load), ms, options.signal)
  } catch (error) {
    history.troubles.push(`${String(error)}\nWaited for:\n  ${waits.pending().join('\n  ')}`)
  } finally {
    options.signal.removeEventListener('abort', onAbort)
    if (history.troubles.length > 0 && fleet !== undefined) history.troubles.push(`The servers said: ${fleet.said()}`)
    await load?.close()
    await fleet?.stop()
    await redis?.stop()
    history.evidence.push(...linesOf(await readFile(evidence, 'utf8')))
    await rm(directory, { recursive: true, force: true })
  }
  return history
}

async function killing({ kills }: FleetPlan, { dice, onKill, signal }: PlayOptions, fleet: Fleet, load: Load) {
  const cut = dice.child(2)
  const killed = dice.child(3)
  let isOver = false
  const cuts = (async () => {
    while (!isOver && !signal.aborted) {
      await pause(cut.between(cutting.low, cutting.high))
      fleet.cutOne(cut)
    }
  })()
  try {
    for (let kill = 0; kill < kills && !signal.aborted; kill++) {
      // Sometimes at once, while it finds its sessions again.
      await pause(killed.next() < 0.2 ? killed.between(0, 40) : killed.between(40, 900))
      await fleet.killOne(killed)
      onKill()
    }
  } finally {
    isOver = true
    await cuts
  }
  await load.finish()
}

/** @throws Error where it takes longer, or the run is interrupted */
async function ended(play: Promise<void>, ms: number, signal: AbortSignal): Promise<void> {
  const over = new AbortController()
  try {
    await Promise.race([
      play,
      pause(ms, undefined, { signal: AbortSignal.any([over.signal, signal]) }).then(() => {
        throw new Error(`The fleet was not played within ${Math.round(ms / 1000)} s.`)
      }),
    ])
  } finally {
    over.abort()
    play.catch(() => undefined)
  }
}

function linesOf(text: string): Evidence[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Evidence)
}
