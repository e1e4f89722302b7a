import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Client as ClientV2, StreamableHTTPClientTransport as TransportV2 } from '@modelcontextprotocol/client'
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { afterEach, expect, it } from 'vitest'
import { hasRedis, startRedis } from '../../../packages/store/src/redis/redis-server.fixture.js'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** Starts an example as its reader would: as a process. */
async function start(name: string, env: Record<string, string>): Promise<{ child: ChildProcess; url: URL }> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url))], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  ends.push(() => child.kill('SIGKILL'))
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return { child, url: new URL(line) }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const exited = once(child, 'exit') as Promise<[number | null]>
  child.kill(signal)
  return (await exited)[0]
}

async function settings(): Promise<Record<string, string>> {
  const directory = mkdtempSync(join(tmpdir(), 'tether-example-'))
  ends.push(() => {
    rmSync(directory, { recursive: true, force: true })
  })
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return { PORT: String(port), SESSIONS: directory }
}

/** A real client of the example's SDK, which knows no recovery. */
async function connect(name: string, url: URL) {
  const info = { name: 'client', version: '1' }
  const parts = name.endsWith('v1')
    ? { client: new ClientV1(info), transport: new TransportV1(url) }
    : { client: new ClientV2(info), transport: new TransportV2(url) }
  await parts.client.connect(parts.transport)
  ends.push(() => parts.client.close())
  const call = async () => {
    const { content } = (await parts.client.callTool({ name: 'where' })) as { content: { text: string }[] }
    return content[0]?.text
  }
  return { transport: parts.transport, call }
}

async function survives(name: string, env: Record<string, string>) {
  const first = await start(name, env)
  const { transport, call } = await connect(name, first.url)
  const { sessionId } = transport
  expect(await call()).toBe(`process ${String(first.child.pid)}`)
  await end(first.child, 'SIGKILL')
  const second = await start(name, env)
  expect(await call()).toBe(`process ${String(second.child.pid)}`)
  expect(transport.sessionId).toBe(sessionId)
  return second
}

function statusOf(url: URL, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { method: 'POST', headers }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
      .once('error', reject)
      .end('{}')
  })
}

const names = ['express', 'hono', 'fastify', 'node'].flatMap((framework) => [`${framework}-v1`, `${framework}-v2`])

it.each(names)('%s goes on with a session after SIGKILL, refuses strangers, and ends when told', async (name) => {
  const { child, url } = await survives(name, await settings())
  expect(await statusOf(url, { host: 'evil.example' })).toBe(403)
  if (name !== 'express-v1') expect(await statusOf(url, { origin: 'https://evil.example' })).toBe(403)
  expect(await end(child, 'SIGTERM')).toBe(0)
})

it.runIf(hasRedis)('goes on from Redis where REDIS_URL says so', async () => {
  const redis = await startRedis()
  ends.push(() => redis.close())
  await survives('hono-v2', { ...(await settings()), REDIS_URL: `redis://127.0.0.1:${redis.port}` })
})
