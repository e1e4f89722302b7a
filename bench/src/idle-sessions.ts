/*
 * Opens many sessions, lets them idle, and prints how much heap each holds. To be run by `heap.ts`:
 *
 *   node --expose-gc idle-sessions.js <bare|recovering> <none|standalone>
 */
import { withSessionRecovery, type FetchLike } from '@mcp-tether/client'
import { inProcessServer } from './in-process-server.js'

const sessions = 2_000
const url = new URL('http://in-process.test/mcp')

const [how, streams] = process.argv.slice(2)
const server = inProcessServer({ answersAs: 'json', resultBytes: 100 })
const fetch: FetchLike = how === 'recovering' ? withSessionRecovery()(server.fetch) : server.fetch
/** A host that reads its stream holds on to it. */
const held: unknown[] = []

// What the first sessions bring for all is not counted: compiled code, caches.
for (let count = 0; count < 100; count++) await openSession()
const before = heapAfterCollecting()
for (let count = 0; count < sessions; count++) await openSession()
process.stdout.write(String((heapAfterCollecting() - before) / sessions))
// Streams that never end would keep nobody waiting, but say that all of it was needed until here.
process.exit(held.length >= 0 ? 0 : 1)

/** The requests of SDK v2 until a host has connected and knows the tools, without the SDK's own memory. */
async function openSession(): Promise<void> {
  const protocolVersion = '2025-11-25'
  const clientInfo = { name: 'bench', version: '0.0.0' }
  const params = { protocolVersion, capabilities: { roots: { listChanged: true } }, clientInfo }
  const opened = await post({ id: 0, method: 'initialize', params }, {})
  const own = { 'mcp-session-id': opened ?? '', 'mcp-protocol-version': protocolVersion }
  await post({ method: 'notifications/initialized' }, own)
  await post({ id: 1, method: 'tools/list' }, own)
  await post({ id: 2, method: 'tools/call', params: { name: 'tool-1' } }, own)
  if (streams !== 'standalone') return
  const headers = new Headers({ accept: 'text/event-stream', ...own })
  const { body } = await fetch(url, { method: 'GET', headers })
  const reader = body?.getReader()
  held.push(reader, reader?.read())
}

async function post(message: object, own: Record<string, string>): Promise<string | undefined> {
  const headers = new Headers({
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    authorization: 'Bearer a-token-of-the-usual-length-of-an-opaque-one',
    ...own,
  })
  const body = JSON.stringify({ jsonrpc: '2.0', ...message })
  const response = await fetch(url, { method: 'POST', headers, body })
  await response.text()
  return response.headers.get('mcp-session-id') ?? undefined
}

function heapAfterCollecting(): number {
  if (!globalThis.gc) throw new Error('Run it with --expose-gc')
  for (let times = 0; times < 4; times++) globalThis.gc()
  return process.memoryUsage().heapUsed
}
