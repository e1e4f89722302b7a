/*
 * Serves a few hundred requests on a store, and prints the resident memory of this process in KiB: its own, and the pages of
 * files in it, which the kernel takes back when somebody needs the memory. To be run by `storage.ts`:
 *
 *   node --expose-gc resident-memory.js DIRECTORY
 */
import { readFileSync } from 'node:fs'
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
const status = readFileSync('/proc/self/status', 'utf8')
const of = (name: string): string => new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? ''
process.stdout.write(`${of('RssAnon')} ${of('RssFile')}`)
process.exit(0)
