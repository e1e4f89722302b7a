/**
 * One replica of a server with persistent sessions, as a process of its own:
 *
 *   node replica.js v1|v2 NAME redis://…|DIRECTORY FILE
 *
 * Says its port on its standard output and goes when its standard input ends. Each call of `add` is one line in FILE.
 */
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { persistentSessions } from '@mcp-tether/server'
import { lmdbStore } from '@mcp-tether/store/lmdb'
import { redisStore } from '@mcp-tether/store/redis'
import { McpServer as ServerV1 } from '@modelcontextprotocol/sdk/server/mcp.js'
import { McpServer as ServerV2 } from '@modelcontextprotocol/server'
import { z } from 'zod'

const [major, name, where, file] = process.argv.slice(2)

const text = (said) => ({ content: [{ type: 'text', text: said }] })
const question = {
  message: 'Are you sure?',
  requestedSchema: { type: 'object', properties: { sure: { type: 'boolean' } }, required: ['sure'] },
}

function buildServer() {
  const info = { name: 'replicated', version: '1.0.0' }
  const server = major === 'v1' ? new ServerV1(info) : new ServerV2(info)
  server.registerTool('where', {}, () => text(name))
  const inputSchema = major === 'v1' ? { line: z.string() } : z.object({ line: z.string() })
  server.registerTool('add', { inputSchema }, ({ line }) => {
    appendFileSync(file, `${line}\n`)
    return text(name)
  })
  server.registerTool('ask', {}, async (context, sameContext) => {
    // On the stream of the call: the SDKs' clients give up a standalone stream that could not be opened again twice.
    const asked =
      major === 'v1'
        ? await server.server.elicitInput(question, { relatedRequestId: (sameContext ?? context).requestId })
        : await context.mcpReq.elicitInput(question, { relatedRequestId: context.mcpReq.id })
    return text(asked.action)
  })
  return server
}

const isRedis = where.startsWith('redis')
const store = isRedis ? redisStore(where, { timeout: 1000 }) : lmdbStore(where)
const sessions = persistentSessions({ createServer: buildServer, store })
const handler = sessions.node()
const http = createServer((request, response) => void handler(request, response))
http.listen(0, '127.0.0.1', () => console.log(http.address().port))
process.stdin.on('end', () => process.exit()).resume()
