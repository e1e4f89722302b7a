import type { CallPlan } from '../schedule/schedule.js'
import type { ModelClient } from './client.js'
import { request } from './client-request.js'
import type { FinalState } from './history.js'
import type { World } from './play.js'

/** Longer than a breaker is open and a stream's back-off lasts. */
const calmMs = 120_000
/** As long as a stream may wait for its next try: who has signed in meanwhile is not hastened. */
const streamBackOffMs = 31_000
/** For a notification to arrive, and for what was closed to be closed. */
const shortMs = 15_000

const ping: CallPlan = {
  client: 0,
  at: 0,
  kind: 'ping',
  workMs: 1,
  streamed: false,
  notes: 0,
  asks: undefined,
  latencies: [],
  network: [],
  ends: undefined,
  value: 0,
}

/** Lets everything come to rest, looks at what is left, ends the sessions and looks again. */
export async function finish(world: World, isRestless: boolean): Promise<FinalState> {
  const { clock, network, server, features, incidents, enginePending } = world
  network.availability = { kind: 'up' }
  network.isFaultless = true
  server.stillborn = 0
  await clock.run(() => false, calmMs)

  const connected = world.clients.filter(({ isConnected }) => isConnected)
  // The first one finds out what is lost, and need not be sent again; the second one has nothing to fear.
  await pingAll(world, connected, 'first')
  const unanswered = await pingAll(world, connected, 'last')
  await clock.run(() => false, streamBackOffMs)
  const forgotten = features.restore ? connected.flatMap((client) => forgottenOf(world, client)) : []
  const listening = features.standalone && server.traits.standalone === 'offered' && !server.isStateless
  const heard = connected.map(({ record }) => record.notesReceived)
  const listeners = listening ? connected.filter(({ plan, isTurnedAway }) => plan.listens && !isTurnedAway) : []
  const sent = new Set(listeners.filter(({ index }) => incidents.notify(index)))
  await clock.run(() => false, shortMs)
  const deaf = listeners.flatMap((client) => {
    if (!sent.has(client)) return [`client ${String(client.index)} has no stream open at the server`]
    const isHeard = client.record.notesReceived > (heard[connected.indexOf(client)] ?? 0)
    return isHeard ? [] : [`client ${String(client.index)} did not get the last notification`]
  })

  await closeAll(world, connected)
  await clock.run(() => false, world.schedule.options.recoveryTimeout + shortMs)
  return { isRestless, enginePending: enginePending(), forgotten, unanswered, deaf }
}

async function pingAll({ clock, network }: World, clients: readonly ModelClient[], which: string): Promise<string[]> {
  const unanswered: string[] = []
  let left = clients.length
  for (const client of clients) {
    const key = `${which}-ping-of-${String(client.index)}`
    network.plans.set(key, ping)
    const asking = request(client, key, ping).then(({ outcome }) => {
      left--
      if (outcome?.kind === 'result') return
      unanswered.push(`client ${String(client.index)}: ${JSON.stringify(outcome)}`)
    })
    client.track(asking)
  }
  await clock.run(() => left === 0, calmMs)
  return unanswered
}

function forgottenOf({ server }: World, { index, state }: ModelClient): string[] {
  const session = server.currentSession(index)
  if (!session) return []
  return state
    .differences(session.logLevel, session.subscriptions)
    .map((difference) => `client ${String(index)}: ${difference}`)
}

/** As the SDKs: the session is ended, and then everything that is under way. */
async function closeAll({ clock }: World, clients: readonly ModelClient[]): Promise<void> {
  let left = clients.length
  for (const client of clients) {
    const close = async () => {
      client.isClosing = true
      const key = `close-${String(client.index)}`
      const response = await client.send('DELETE', key, undefined, undefined)
      await response.text()
      if (response.status === 401) {
        await client.signIn()
        await (await client.send('DELETE', key, undefined, undefined)).text()
      }
      client.record.closedAt = client.now
      client.transport.abort(new DOMException('closed', 'AbortError'))
      await client.listening
    }
    client.track(close().finally(() => left--))
  }
  await clock.run(() => left === 0, calmMs)
}
