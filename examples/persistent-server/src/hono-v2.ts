/** An MCP server on Hono and SDK v2 whose sessions outlive it. */
import { serve } from '@hono/node-server'
import { persistentSessions } from '@mcp-tether/server'
import {
  hostHeaderValidationResponse,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  originValidationResponse,
} from '@modelcontextprotocol/server'
import { Hono } from 'hono'
import { port, ready } from './process.js'
import { buildServer } from './server-v2.js'
import { openStore } from './store.js'

const store = await openStore()
const sessions = persistentSessions({ createServer: buildServer, store })

const app = new Hono()
app.use(
  async ({ req }, next) =>
    hostHeaderValidationResponse(req.raw, localhostAllowedHostnames()) ??
    originValidationResponse(req.raw, localhostAllowedOrigins()) ??
    next(),
)
app.all('/mcp', sessions.hono())
serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, () => {
  ready({ sessions, store })
})
