/** An MCP server on Fastify and SDK v1 whose sessions outlive it. */
import { persistentSessions } from '@mcp-tether/server'
import { fastify } from 'fastify'
import { isLocal } from './local-only.js'
import { port, ready } from './process.js'
import { buildServer } from './server-v1.js'
import { openStore } from './store.js'

const store = await openStore()
const sessions = persistentSessions({ createServer: buildServer, store })

const app = fastify()
app.addHook('onRequest', async (request, reply) => {
  if (!isLocal(request.headers)) await reply.code(403).send()
})
app.all('/mcp', sessions.fastify())
await app.listen({ port, host: '127.0.0.1' })
ready({ sessions, store })
