/**
 * The floor: a pipe between stdio and an MCP server that does nothing but pass messages on, and knows of no loss.
 *
 *   node bare-pipe.js responses|plain URL
 */
import * as http from 'node:http'
import { Readable } from 'node:stream'
import { createInterface } from 'node:readline'

const [how, url = ''] = process.argv.slice(2)
const agent = new http.Agent({ keepAlive: true })
const session: Record<string, string> = {}

createInterface({ input: process.stdin }).on('line', (line) => {
  const headers = { accept: 'application/json, text/event-stream', 'content-type': 'application/json', ...session }
  const request = http.request(url, { method: 'POST', agent, headers }, (answer) => {
    const id = answer.headers['mcp-session-id']
    if (typeof id === 'string') session['mcp-session-id'] = id
    void (how === 'responses' ? viaResponse(answer) : plain(answer)).then(write)
  })
  request.end(line)
})
process.stdin.on('end', () => process.exit(0))

function write(text: string): void {
  if (!text.includes('data: ')) process.stdout.write(text === '' ? '' : `${text}\n`)
  else for (const [, data] of text.matchAll(/^data: (.+)$/gm)) process.stdout.write(`${data}\n`)
}

async function plain(answer: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

async function viaResponse(answer: http.IncomingMessage): Promise<string> {
  const init = { status: answer.statusCode ?? 0, headers: new Headers(answer.headers as Record<string, string>) }
  return new Response(Readable.toWeb(answer) as ReadableStream<Uint8Array>, init).text()
}
