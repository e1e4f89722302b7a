import { persistentSessions } from '@mcp-tether/server'
import { memoryStore } from '@mcp-tether/store'
import type { Finding } from '../finding.js'
import { buildServer } from './build-server.js'
import { Gate, gatedStore, roundTripsOf } from './gated-store.js'
import { callOf, initializeOf, InProcessClient } from './in-process-client.js'

/** How often a call waits for the store: the same for every store. */
export async function countRoundTrips(): Promise<Finding[]> {
  const gate = new Gate()
  const sessions = persistentSessions({ createServer: buildServer, store: gatedStore(memoryStore(), gate) })
  const client = new InProcessClient(sessions.fetch)
  const initialize = await roundTripsOf(gate, () => client.post(initializeOf(0)))
  await client.post({ method: 'notifications/initialized' })
  // The first call of a process says to the others that it lives.
  await client.post(callOf(1))
  const call = await roundTripsOf(gate, () => client.post(callOf(2)))
  await sessions.close()
  return [
    { what: 'awaited round trips of a call', measured: call, unit: 'round trips', target: 1 },
    { what: 'awaited round trips of an initialize', measured: initialize, unit: 'round trips' },
  ]
}
