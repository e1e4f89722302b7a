/* The process that is killed: an MCP server with persistent sessions on loopback. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { persistentSessions as PersistentSessions } from '@mcp-tether/server'
import type { Store } from '@mcp-tether/store'
import { openEvidence } from './evidence-file.js'
import type { ServerOptions, ServerOrder, ServerReport } from './orders.js'
import { announcedMethod } from './tools.js'

const options = JSON.parse(process.argv[2] ?? '') as ServerOptions
// Only what is needed: a server starts for each kill.
const { persistentSessions } = (await import(options.sessionsModule)) as {
  persistentSessions: typeof PersistentSessions
}
const build =
  options.major === 'v1'
    ? (await import('./build-server-v1.js')).buildServerV1
    : (await import('./build-server-v2.js')).buildServerV2
const openStore = await storeModule()

const report = (what: ServerReport) => process.send?.(what)
// Without the run there is nothing to live for.
process.once('disconnect', () => process.exit(0))
process.once('message', (order: ServerOrder) => {
  serve(order).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`)
    process.exit(1)
  })
})
report({ state: 'loaded' })

async function storeModule(): Promise<() => Store> {
  const place = options.store
  if (place.kind === 'lmdb') {
    const { lmdbStore } = await import('@mcp-tether/store/lmdb')
    return () => lmdbStore(place.directory)
  }
  const { redisStore } = await import('@mcp-tether/store/redis')
  return () => redisStore(place.url)
}

async function serve({ instance, port }: ServerOrder): Promise<void> {
  const evidence = openEvidence(options.evidence, instance)
  const store = openStore()
  const notify = async (sessionId: string, number: number) => {
    const isKnown = await sessions.notify(sessionId, { method: announcedMethod, params: { number } })
    if (!isKnown) throw new Error('notify did not know the session that calls it')
  }
  const sessions = persistentSessions({
    createServer: () => build(evidence, notify),
    store,
    instrument: ({ type, ...details }) => {
      if (type === 'server-session-restored') evidence.write('restored')
      if ('error' in details) process.stderr.write(`${instance}: ${type}: ${String(details.error)}\n`)
    },
  })
  const http = createServer((request, response) => void sessions.node()(request, response))
  // Only a kill breaks a connection: none ends because it was idle while a request was on its way.
  http.keepAliveTimeout = 600_000
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject)
    http.listen(port, '127.0.0.1', resolve)
  })
  report({ state: 'listening', port: (http.address() as AddressInfo).port })
}
