/*
 * An MCP server with every feature that the official conformance suite asks a server for:
 *
 *   node examples/conformance-server/dist/main.js v2                       # sessions in ./sessions
 *   SESSIONS=none node examples/conformance-server/dist/main.js v1         # the same server, without persistent sessions
 *   npx conformance server --url http://127.0.0.1:3000/mcp --suite all     # what the suite says of it
 */
import { createServer, type IncomingMessage } from 'node:http'
import { persistentSessions } from '@mcp-tether/server'
import { lmdbStore } from '@mcp-tether/store/lmdb'
import { NodeStreamableHTTPServerTransport as TransportV2 } from '@modelcontextprotocol/node'
import { StreamableHTTPServerTransport as TransportV1 } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { bareHandler, type Handler } from './bare.js'
import { buildServerV1 } from './server-v1.js'
import { buildServerV2 } from './server-v2.js'

/** ms after which a client comes back whose stream was ended: as short as the suite wants it. */
const retryInterval = 500

const [, , sdk = 'v2'] = process.argv
const { PORT = '3000', SESSIONS = './sessions' } = process.env
if (sdk !== 'v1' && sdk !== 'v2') throw new Error(`Which SDK? Got '${sdk}', expected 'v1' or 'v2'.`)

function withoutPersistence(): Handler {
  return sdk === 'v1'
    ? bareHandler((transport) => buildServerV1().connect(transport), TransportV1, retryInterval)
    : bareHandler((transport) => buildServerV2().connect(transport), TransportV2, retryInterval)
}

function withPersistence(): Handler {
  const options = { store: lmdbStore(SESSIONS), transportOptions: { retryInterval } }
  const sessions =
    sdk === 'v1'
      ? persistentSessions({ createServer: buildServerV1, ...options })
      : persistentSessions({ createServer: buildServerV2, ...options })
  return sessions.node()
}

/** Requests that a page of another site brings here are none of ours (DNS rebinding). */
function isLocal({ headers }: IncomingMessage): boolean {
  const hosts = [`http://${headers.host ?? ''}`, headers.origin ?? `http://${headers.host ?? ''}`]
  return hosts.every((host) => URL.canParse(host) && ['localhost', '127.0.0.1'].includes(new URL(host).hostname))
}

const handle = SESSIONS === 'none' ? withoutPersistence() : withPersistence()
createServer((request, response) => {
  if (isLocal(request)) void handle(request, response)
  else response.writeHead(403).end()
}).listen(Number(PORT), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${PORT}/mcp`)
})
