/** An MCP server on node:http and SDK v1 whose sessions outlive it. */
import { createServer } from 'node:http'
import { persistentSessions } from '@mcp-tether/server'
import { isLocal } from './local-only.js'
import { port, ready } from './process.js'
import { buildServer } from './server-v1.js'
import { openStore } from './store.js'

const store = await openStore()
const sessions = persistentSessions({ createServer: buildServer, store })
const handle = sessions.node()

createServer((request, response) => {
  if (!isLocal(request.headers)) response.writeHead(403).end()
  else if (new URL(request.url ?? '', 'http://localhost').pathname !== '/mcp') response.writeHead(404).end()
  else void handle(request, response)
}).listen(port, '127.0.0.1', () => {
  ready({ sessions, store })
})
