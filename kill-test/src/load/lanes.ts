import { setTimeout as pause } from 'node:timers/promises'
import type { Operation, OperationRecord } from '../judge/history.js'
import type { SessionUnderLoad } from './session-under-load.js'

const levels = ['debug', 'info', 'notice', 'warning', 'error']
const uris = ['test://a', 'test://b', 'test://c']

/** ms between two operations of a lane. */
const thinking = { low: 60, high: 400 }

/**
 * What a session's client does at the same time: quick calls, slow ones with progress, calls that ask something back,
 * announcements, and what the server has to remember. Within a lane one thing follows the other.
 * @returns the number of the last announcement
 */
export async function runLanes(session: SessionUnderLoad, isOver: () => boolean): Promise<number> {
  const lane = async (once: () => Promise<unknown>) => {
    while (!isOver()) {
      await once()
      await pause(session.dice.between(thinking.low, thinking.high))
    }
  }
  let announced = 0
  let asked = 0
  const subscribed = new Set<string>()
  await Promise.all([
    lane(() => session.perform('bump', {}, (client, key, settings) => client.callTool('bump', key, {}, settings))),
    lane(() => work(session)),
    lane(() => work(session)),
    lane(() => work(session)),
    lane(() => ask(session, ++asked)),
    lane(() => ask(session, ++asked)),
    lane(() => ask(session, ++asked)),
    lane(() => announce(session, ++announced)),
    lane(() => remember(session, subscribed)),
  ])
  return announced
}

function work(session: SessionUnderLoad): Promise<OperationRecord> {
  const steps = Math.floor(session.dice.between(1, 6))
  const ms = session.dice.between(20, 900)
  return session.perform('work', { count: steps }, (client, key, settings) =>
    client.callTool('work', key, { ms, steps }, settings),
  )
}

function ask(session: SessionUnderLoad, number: number): Promise<OperationRecord> {
  return session.perform('ask', { count: number }, (client, key, settings) =>
    client.callTool('ask', key, { number }, settings),
  )
}

function announce(session: SessionUnderLoad, number: number): Promise<OperationRecord> {
  return session.perform('announce', { count: number }, (client, key, settings) =>
    client.callTool('announce', key, { number }, settings),
  )
}

/** Says something that is to be remembered, and asks at once. */
async function remember(session: SessionUnderLoad, subscribed: Set<string>): Promise<void> {
  const level = session.dice.oneOf(levels)
  const uri = session.dice.oneOf(uris)
  if (session.dice.next() < 0.3) await say(session, 'level', level, 'logging/setLevel', { level })
  else if (subscribed.delete(uri)) await say(session, 'unsubscribe', uri, 'resources/unsubscribe', { uri })
  else {
    subscribed.add(uri)
    await say(session, 'subscribe', uri, 'resources/subscribe', { uri })
  }
  await tellStates(session)
}

function say(
  session: SessionUnderLoad,
  operation: Operation,
  argument: string,
  method: string,
  params: Record<string, unknown>,
): Promise<OperationRecord> {
  return session.perform(operation, { argument }, async (client, key, settings) => {
    await client.request(method, key, params, settings)
    return undefined
  })
}

/** Several, one shortly after the other: also while a replica is being told what another one was told. */
function tellStates(session: SessionUnderLoad): Promise<unknown> {
  const waits = Array.from({ length: 4 }, () => session.dice.between(0, 50))
  return Promise.all(
    waits.map(async (ms) => {
      await pause(ms)
      return tellState(session)
    }),
  )
}

/** Asks the server for the log level and the subscriptions that it knows of. */
export function tellState(session: SessionUnderLoad): Promise<OperationRecord> {
  return session.perform('state', {}, (client, key, settings) => client.callTool('state', key, {}, settings))
}

/** One more that is confirmed: when it has come, all before it have come or never will. */
export async function lastAnnouncement(session: SessionUnderLoad, announced: number): Promise<void> {
  for (let number = announced + 1; number < announced + 20; number++) {
    const { outcome } = await announce(session, number)
    if (outcome?.kind === 'broken' || outcome?.kind === 'outcome-unknown') continue
    // Anything else that is no answer is told by the judge.
    if (outcome?.kind === 'ok') await session.heard(number)
    return
  }
}
