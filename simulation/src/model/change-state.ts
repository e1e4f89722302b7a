import type { CallPlan } from '../schedule/schedule.js'
import { levels, subscribed } from './call-work.js'
import type { ModelClient } from './client.js'
import { request } from './client-request.js'

const outcomeUnknown = -32011

/** Errors by which the server of a simulation says that it did nothing. */
const refusedByServer: readonly number[] = [-32050, -32601]

/** Changes something that the server keeps for its client, and remembers what the client may expect of it. */
export async function changeState(client: ModelClient, key: string, plan: CallPlan): Promise<void> {
  const { kind, value } = plan
  const item = kind === 'setLevel' ? 'log level' : subscribed(value)
  const wanted = kind === 'setLevel' ? levels[value % levels.length] : kind === 'subscribe' ? 'subscribed' : undefined
  const before = client.state.before(item)
  client.state.begin(item)
  const { outcome } = await request(client, key, plan)
  if (outcome?.kind === 'result') client.state.accepted(item, wanted, client.now)
  else if (outcome?.kind === 'error' && refusedByServer.includes(outcome.code) && !hasRun(client, key)) {
    client.state.undo(item, before)
  } else if (outcome?.kind !== 'error' || outcome.code === outcomeUnknown) {
    client.state.giveUp(item)
  }
}

/** An earlier try of it was taken, whatever the server says of the last one. */
function hasRun({ surroundings }: ModelClient, key: string): boolean {
  return surroundings.network.wire.some(
    (record) => record.key === key && record.executed && record.fault !== 'own-error',
  )
}
