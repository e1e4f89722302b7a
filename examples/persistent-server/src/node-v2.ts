/** An MCP server on node:http and SDK v2 whose sessions outlive it. */
import { createServer } from 'node:http'
import { persistentSessions } from '@mcp-tether/server'
import { localhostHostValidation, localhostOriginValidation } from '@modelcontextprotocol/node'
import { port, ready } from './process.js'
import { buildServer } from './server-v2.js'
import { openStore } from './store.js'

const store = await openStore()
const sessions = persistentSessions({ createServer: buildServer, store })
const handle = sessions.node()
const [isLocalHost, isLocalOrigin] = [localhostHostValidation(), localhostOriginValidation()]

createServer((request, response) => {
  if (!isLocalHost(request, response) || !isLocalOrigin(request, response)) return
  if (new URL(request.url ?? '', 'http://localhost').pathname !== '/mcp') response.writeHead(404).end()
  else void handle(request, response)
}).listen(port, '127.0.0.1', () => {
  ready({ sessions, store })
})
