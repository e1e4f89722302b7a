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
/**
 * ms after which something that a client waits for is no longer disturbed: on a slow machine no server might live long
 * enough to answer it. More than the 6 s after which a process counts as gone.
 */
const longEnough = 10_000
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
    await ended(killing(plan, options, fleet, load, waits), ms, options.signal)
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

async function killing(
  { kills }: FleetPlan,
  { dice, onKill, signal }: PlayOptions,
  fleet: Fleet,
  load: Load,
  waits: Waits,
): Promise<void> {
  const cut = dice.child(2)
  const killed = dice.child(3)
  const over = new AbortController()
  const until = AbortSignal.any([over.signal, signal])
  const cuts = (async () => {
    while (!until.aborted) {
      await pause(cut.between(cutting.low, cutting.high))
      fleet.cutOne(cut)
    }
  })()
  try {
    for (let kill = 0; kill < kills && !signal.aborted; kill++) {
      await momentOfKill(killed, load)
      await waits.noneSince(longEnough)
      await fleet.killOne(killed)
      onKill()
    }
  } finally {
    over.abort()
    await cuts
  }
  await load.finish()
}

/**
 * Sometimes at once, while a server finds its sessions again; sometimes while a session is being deleted; sometimes after
 * everybody has come to rest.
 */
async function momentOfKill(dice: Dice, load: Load): Promise<void> {
  const kind = dice.next()
  if (kind < 0.1) await load.busyEnd(3_000)
  if (kind < 0.1) await pause(dice.between(0, 10))
  else if (kind < 0.3) await pause(dice.between(0, 40))
  else if (kind < 0.95) await pause(dice.between(40, 900))
  else await pause(dice.between(900, 3_000))
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
