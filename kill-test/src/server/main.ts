/* The process that is killed: an MCP server with persistent sessions on loopback. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { persistentSessions as PersistentSessions } from '@mcp-tether/server'
import { lmdbStore } from '@mcp-tether/store/lmdb'
import { redisStore } from '@mcp-tether/store/redis'
import { buildServerV1 } from './build-server-v1.js'
import { buildServerV2 } from './build-server-v2.js'
import { openEvidence } from './evidence-file.js'
import type { ServerOptions, ServerOrder, ServerReport } from './orders.js'
import { announcedMethod } from './tools.js'

const options = JSON.parse(process.argv[2] ?? '') as ServerOptions
const { persistentSessions } = (await import(options.sessionsModule)) as {
  persistentSessions: typeof PersistentSessions
}

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

async function serve({ instance, port }: ServerOrder): Promise<void> {
  const evidence = openEvidence(options.evidence, instance)
  const { kind } = options.store
  const store = kind === 'lmdb' ? lmdbStore(options.store.directory) : redisStore(options.store.url)
  const build = options.major === 'v1' ? buildServerV1 : buildServerV2
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
