/** An MCP server on Hono and SDK v1 whose sessions outlive it. */
import { serve } from '@hono/node-server'
import { persistentSessions } from '@mcp-tether/server'
import { Hono } from 'hono'
import { isLocal } from './local-only.js'
import { port, ready } from './process.js'
import { buildServer } from './server-v1.js'
import { openStore } from './store.js'

const store = await openStore()
const sessions = persistentSessions({ createServer: buildServer, store })

const app = new Hono()
app.use(async (context, next) => {
  if (!isLocal(context.req.header())) return context.text('Forbidden', 403)
  return next()
})
app.all('/mcp', sessions.hono())
serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, () => {
  ready({ sessions, store })
})
