import { Buffer } from 'node:buffer'
import { request } from 'node:http'
import { Readable } from 'node:stream'
import { withSessionRecovery } from '@mcp-tether/client'

// Reads the answer to one call through the middleware, in a process of its own, piece by piece, and says how much memory
// that took at most: `node reader.js URL first|renewed`.

const { Response, Headers } = globalThis
const [, , url, epoch] = process.argv

/** No more than a `fetch` has to be: the memory is not to be its. */
function fetchOverHttp(target, { method, headers, body }) {
  return new Promise((resolve, reject) => {
    const sending = request(target, { method, headers: Object.fromEntries(new Headers(headers)) }, (answer) => {
      const { statusCode: status, headers: received } = answer
      const hasBody = status !== 202
      resolve(new Response(hasBody ? Readable.toWeb(answer) : null, { status, headers: new Headers(received) }))
      if (!hasBody) answer.resume()
    })
    sending.on('error', reject)
    sending.end(body)
  })
}

const fetch = withSessionRecovery()(fetchOverHttp)
let sessionId
let lastId = 0

async function post(method, params) {
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
  if (sessionId !== undefined) headers['mcp-session-id'] = sessionId
  const body = JSON.stringify({ jsonrpc: '2.0', id: ++lastId, method, params })
  const response = await fetch(new URL(url), { method: 'POST', headers, body })
  sessionId ??= response.headers.get('mcp-session-id')
  return response
}

const peakKiB = () => process.resourceUsage().maxRSS

const clientInfo = { name: 'reader', version: '0.0.0' }
await (await post('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo })).text()
if (epoch === 'renewed') await (await post('tools/call', { name: 'forget-and-answer' })).text()

const idleKiB = peakKiB()
let size = 0
let end = Buffer.alloc(0)
for await (const piece of (await post('tools/call', { name: 'large' })).body) {
  size += piece.byteLength
  end = Buffer.concat([end, piece.subarray(-200)]).subarray(-200)
}
console.log(JSON.stringify({ idleKiB, peakKiB: peakKiB(), size, end: end.toString() }))
process.exit()
