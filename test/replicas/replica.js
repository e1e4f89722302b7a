/**
 * One replica of a server with persistent sessions, as a process of its own:
 *
 *   node replica.js v1|v2 NAME redis://…|DIRECTORY FILE
 *
 * Says its port on its standard output and goes when its standard input ends. Each call with a line writes it to FILE, and
 * those that take their time say it on the standard output then. Each line of the standard input ends a call of `hold`.
 */
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { persistentSessions } from '@mcp-tether/server'
import { z } from 'zod'

const [major, name, where, file] = process.argv.slice(2)
// Only what is needed: one starts for each kill.
const { McpServer } = await (major === 'v1'
  ? import('@modelcontextprotocol/sdk/server/mcp.js')
  : import('@modelcontextprotocol/server'))

const text = (said) => ({ content: [{ type: 'text', text: said }] })
const question = {
  message: 'Are you sure?',
  requestedSchema: { type: 'object', properties: { sure: { type: 'boolean' } }, required: ['sure'] },
}

/** What ends the calls of `hold`, by their lines. */
const held = new Map()

function begin(line) {
  appendFileSync(file, `${line}\n`)
  console.log(line)
}

function buildServer() {
  const info = { name: 'replicated', version: '1.0.0' }
  const server = new McpServer(info)
  server.registerTool('where', {}, () => text(name))
  const inputSchema = major === 'v1' ? { line: z.string() } : z.object({ line: z.string() })
  server.registerTool('add', { inputSchema }, ({ line }) => {
    appendFileSync(file, `${line}\n`)
    return text(name)
  })
  server.registerTool('hold', { inputSchema }, async ({ line }) => {
    const released = new Promise((resolve) => held.set(line, resolve))
    begin(line)
    await released
    return text(name)
  })
  server.registerTool('ask', { inputSchema }, async ({ line }, context) => {
    begin(line)
    // On the stream of the call: the SDKs' clients give up a standalone stream that could not be opened again twice.
    const asked =
      major === 'v1'
        ? await server.server.elicitInput(question, { relatedRequestId: context.requestId })
        : await context.mcpReq.elicitInput(question, { relatedRequestId: context.mcpReq.id })
    return text(asked.action)
  })
  return server
}

async function openStore() {
  if (where.startsWith('redis')) return (await import('@mcp-tether/store/redis')).redisStore(where, { timeout: 1000 })
  return (await import('@mcp-tether/store/lmdb')).lmdbStore(where)
}

const sessions = persistentSessions({ createServer: buildServer, store: await openStore() })
const handler = sessions.node()
const http = createServer((request, response) => void handler(request, response))
http.listen(0, '127.0.0.1', () => console.log(http.address().port))
createInterface({ input: process.stdin })
  .on('line', (line) => held.get(line)?.())
  .on('close', () => process.exit())
