/*
 * Serves a few hundred requests on a store, and prints the resident memory of this process in bytes. To be run by
 * `storage.ts`:
 *
 *   node --expose-gc resident-memory.js DIRECTORY
 */
import { persistentSessions } from '@mcp-tether/server'
import { buildServer } from './build-server.js'
import { callOf, initializeOf, InProcessClient } from './in-process-client.js'
import { openStore } from './open-store.js'

const store = await openStore('lmdb', process.argv[2] ?? '')
const sessions = persistentSessions({ createServer: buildServer, store })
for (let session = 0; session < 20; session++) {
  const client = new InProcessClient(sessions.fetch)
  await client.post(initializeOf(0))
  for (let id = 1; id <= 20; id++) await client.post(callOf(id))
}
for (let times = 0; times < 4; times++) globalThis.gc?.()
process.stdout.write(String(process.memoryUsage.rss()))
process.exit(0)
