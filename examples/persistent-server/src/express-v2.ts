/** An MCP server on Express and SDK v2 whose sessions outlive it. */
import { persistentSessions } from '@mcp-tether/server'
import { localhostHostValidation, localhostOriginValidation } from '@modelcontextprotocol/node'
import express from 'express'
import { port, ready } from './process.js'
import { buildServer } from './server-v2.js'
import { openStore } from './store.js'

const store = await openStore()
const sessions = persistentSessions({ createServer: buildServer, store })
const [isLocalHost, isLocalOrigin] = [localhostHostValidation(), localhostOriginValidation()]

const app = express()
app.use((request, response, next) => {
  if (isLocalHost(request, response) && isLocalOrigin(request, response)) next()
})
app.all('/mcp', sessions.express())
app.listen(port, '127.0.0.1', () => {
  ready({ sessions, store })
})
