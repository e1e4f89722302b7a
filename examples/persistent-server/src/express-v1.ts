/** An MCP server on Express and SDK v1 whose sessions outlive it. */
import { persistentSessions } from '@mcp-tether/server'
import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js'
import { port, ready } from './process.js'
import { buildServer } from './server-v1.js'
import { openStore } from './store.js'

const store = await openStore()
const sessions = persistentSessions({ createServer: buildServer, store })

const app = createMcpExpressApp() // refuses a Host that is not this machine
app.all('/mcp', sessions.express())
app.listen(port, '127.0.0.1', () => {
  ready({ sessions, store })
})
