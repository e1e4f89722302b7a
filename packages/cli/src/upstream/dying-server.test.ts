import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { LineReader } from '../testing/line-reader.fixture.js'
import { createUpstreamFetch } from './create-upstream-fetch.js'

const answering = `
  const server = require('node:http').createServer((request, response) => {
    request.resume().on('end', () => response.end('ok'))
  })
  server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port))`

// Seen with one death in five: the kept connection was written to before its end was noticed, so that the failure looked
// like one of unknown outcome, and a tool call could not be repeated.
it('a server that was killed is found to be away, not to have broken off', { timeout: 60_000 }, async () => {
  const upstream = createUpstreamFetch()
  const codes: unknown[] = []
  for (let death = 0; death < 20; death++) {
    const child = spawn(process.execPath, ['-e', answering], { stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(child, 'exit')
    const [, port] = (await new LineReader(child.stdout).containing('port')).split(' ')
    const call = async () => (await upstream.fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'x' })).text()
    await Promise.all([call(), call(), call()])
    child.kill('SIGKILL')
    await exited
    const error = await call().catch((reason: unknown) => reason)
    codes.push(((error as Error).cause as { code: string }).code)
  }
  upstream.close()
  expect(codes).toEqual(Array(20).fill('ECONNREFUSED'))
})
