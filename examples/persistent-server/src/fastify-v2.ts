/** An MCP server on Fastify and SDK v2 whose sessions outlive it. */
import { persistentSessions } from '@mcp-tether/server'
import { localhostHostValidation, localhostOriginValidation } from '@modelcontextprotocol/node'
import { fastify } from 'fastify'
import { port, ready } from './process.js'
import { buildServer } from './server-v2.js'
import { openStore } from './store.js'

const store = await openStore()
const sessions = persistentSessions({ createServer: buildServer, store })
const [isLocalHost, isLocalOrigin] = [localhostHostValidation(), localhostOriginValidation()]

const app = fastify()
app.addHook('onRequest', async ({ raw }, reply) => {
  if (!isLocalHost(raw, reply.raw) || !isLocalOrigin(raw, reply.raw)) reply.hijack()
})
app.all('/mcp', sessions.fastify())
await app.listen({ port, host: '127.0.0.1' })
ready({ sessions, store })
