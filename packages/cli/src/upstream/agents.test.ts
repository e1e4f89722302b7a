import { once } from 'node:events'
import { request, type ServerResponse } from 'node:http'
import { afterEach, expect, it } from 'vitest'
import { startScriptedServer } from '../testing/scripted-server.fixture.js'
import { createAgents } from './agents.js'

let closers: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closers.reverse()) await close()
  closers = []
})

it('a connection that is idle for 4 s is closed, and one that waits for an answer is not', async () => {
  const server = await startScriptedServer(() => undefined)
  const agents = createAgents()
  closers.push(server.close, () => {
    agents.destroy()
  })
  const { agent } = await agents.for(server.url)
  const exchange = request(server.url, { agent }).end()
  const { response } = await server.request(() => true)
  const { socket } = exchange
  if (!socket) throw new Error('no socket')
  // What Node's timer would do when nothing moves on the connection.
  socket.emit('timeout')
  expect(socket.destroyed).toBe(false)

  endWithoutHint(response)
  const [message] = (await once(exchange, 'response')) as [NodeJS.ReadableStream]
  message.resume()
  await once(exchange, 'close')
  expect(socket.destroyed).toBe(false)
  expect(socket.timeout).toBe(4000)
  socket.emit('timeout')
  expect(socket.destroyed).toBe(true)
})

/** Without `Keep-Alive: timeout=5`, which would decide instead of us. */
function endWithoutHint(response: ServerResponse): void {
  response.setHeader('connection', 'keep-alive')
  response.setHeader('content-length', '2')
  response.end('ok')
}
