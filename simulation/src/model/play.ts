import { withSessionRecovery, type SessionEvent, type SessionRecoveryMiddleware } from '@mcp-tether/client'
import type { Features } from '../schedule/features.js'
import type { CallPlan, Schedule } from '../schedule/schedule.js'
import { CallWork } from './call-work.js'
import { changeState } from './change-state.js'
import { ModelClient, type ClientSurroundings } from './client.js'
import { request } from './client-request.js'
import { listen } from './client-stream.js'
import { dispatchTo } from './dispatch.js'
import { finish } from './finish.js'
import { Handshakes } from './handshakes.js'
import type { History, RequestRecord } from './history.js'
import { Incidents } from './incidents.js'
import { Network } from './network.js'
import { randomFrom } from './random.js'
import { ModelServer } from './server.js'
import { SimulatedClock } from './simulated-clock.js'

/** The engine under test. */
export type Engine = typeof withSessionRecovery

/** Longer than any schedule takes: what is not over by then never is. */
const maxPlayMs = 20 * 60_000

/** Everything that takes part in one simulation. */
export interface World {
  readonly schedule: Schedule
  readonly features: Features
  readonly clock: SimulatedClock
  readonly server: ModelServer
  readonly network: Network
  readonly work: CallWork
  readonly incidents: Incidents
  readonly clients: readonly ModelClient[]
  readonly requests: RequestRecord[]
  readonly enginePending: () => number
}

/** Plays a schedule to its end and says what happened. */
export async function play(
  schedule: Schedule,
  features: Features,
  engine: Engine = withSessionRecovery,
): Promise<History> {
  const events: { at: number; event: SessionEvent }[] = []
  const world = worldOf(schedule, features, engine, events)
  const { clock, incidents, clients, network } = world

  for (const client of clients) if (client.plan.joinsAt === 0) await join(world, client)
  incidents.schedule(schedule.incidents)
  for (const client of clients) if (client.plan.joinsAt > 0) client.track(joinLater(client))
  const calls = schedule.calls.map((plan, index) => call(world, plan, index))
  let left = calls.length
  for (const done of calls) void done.finally(() => left--)
  const isOver = () => left === 0 && incidents.pending === 0
  const cameToRest = await clock.run(isOver, maxPlayMs)
  const final = await finish(world, !cameToRest)
  return {
    schedule,
    features,
    wire: network.wire,
    upstream: world.server.upstream,
    requests: world.requests,
    questions: world.work.questions,
    clients: clients.map(({ record }) => record),
    events,
    final,
  }
}

function worldOf(
  schedule: Schedule,
  features: Features,
  engine: Engine,
  events: { at: number; event: SessionEvent }[],
): World {
  const clock = new SimulatedClock()
  const modelClock = clock.view()
  const engineClock = clock.view()
  const server = new ModelServer(schedule.server, () => clock.now)
  const network = new Network(server, modelClock, new Handshakes(schedule.handshakes, modelClock))
  const work = new CallWork(server, modelClock)
  const incidents = new Incidents(server, network, work, modelClock, schedule.clients.length)
  const middleware: SessionRecoveryMiddleware = engine({
    ...schedule.options,
    clock: engineClock,
    random: randomFrom(schedule.seed),
    onEvent: (event) => events.push({ at: clock.now, event }),
  })
  const requests: RequestRecord[] = []
  const surroundings: ClientSurroundings = {
    clock: modelClock,
    network,
    fetch: middleware(network.fetch),
    requests,
    questions: work.questions,
    wantedToken: (client) => server.tokens.get(client) ?? 0,
    lastBound: () => events.findLast(({ event }) => event.type === 'session-bound')?.event.session,
  }
  const clients = schedule.clients.map((plan, index) => new ModelClient(index, plan, surroundings))
  server.dispatch = dispatchTo(server, network, work, features.restore ? clients : [])
  const enginePending = () => engineClock.pending
  return { schedule, features, clock, server, network, work, incidents, clients, requests, enginePending }
}

/** Connects a client before anything else happens. */
async function join(world: World, client: ModelClient): Promise<void> {
  let done = false
  const joined = connect(client).finally(() => (done = true))
  await world.clock.run(() => done, maxPlayMs)
  await joined
}

async function joinLater(client: ModelClient): Promise<void> {
  await client.pause(client.plan.joinsAt)
  await connect(client)
}

async function connect(client: ModelClient): Promise<void> {
  // A client without a session is none of the engine's business.
  client.isConnected = (await client.connect()) && client.record.virtualId !== undefined
  if (!client.isConnected) return
  if (client.plan.lists) {
    const key = `list-of-${String(client.index)}`
    await request(client, key, { ...listing, client: client.index })
  }
  if (client.plan.listens) client.listening = listen(client)
}

async function call({ clients, network }: World, plan: CallPlan, index: number): Promise<void> {
  const client = clients[plan.client % clients.length]
  if (!client) return
  const key = `call-${String(index)}`
  network.plans.set(key, plan)
  await client.pause(plan.at)
  if (!client.isConnected) return
  if (plan.kind === 'setLevel' || plan.kind === 'subscribe' || plan.kind === 'unsubscribe') {
    client.changes = client.changes.then(() => changeState(client, key, plan))
    await client.changes
  } else {
    await request(client, key, plan)
  }
}

const listing: CallPlan = {
  client: 0,
  at: 0,
  kind: 'list',
  workMs: 1,
  streamed: false,
  notes: 0,
  asks: undefined,
  latencies: [],
  network: [],
  ends: undefined,
  value: 0,
}
