import { randomUUID } from 'node:crypto'
import { persistentSessions } from '@mcp-tether/server'
import type { Store } from '@mcp-tether/store'
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server'
import type { Finding } from '../finding.js'
import { median, middleHalf } from '../statistics.js'
import { buildServer } from './build-server.js'
import { initializeOf, InProcessClient } from './in-process-client.js'

const sessionsEach = 100

/**
 * Processor time that a request takes longer where its session is only in the store, to that of an `initialize` without
 * persistence.
 */
export async function measureReCreation(store: Store, pairs: number): Promise<Finding[]> {
  await round(store)
  const rounds = []
  for (let pair = 0; pair < pairs; pair++) rounds.push(await round(store))
  const plain = rounds.map(({ reCreated, plainlyInitialized }) => reCreated / plainlyInitialized)
  const own = rounds.map(({ reCreated, initialized }) => reCreated / initialized)
  return [
    {
      what: 'CPU of a re-creation, to a plain initialize',
      ...{ measured: median(plain), spread: middleHalf(plain), unit: 'times', target: 3 },
    },
    { what: '…, to an initialize with persistence', measured: median(own), spread: middleHalf(own), unit: 'times' },
  ]
}

async function round(store: Store) {
  const plainlyInitialized = await cpuOf(async () => {
    const server = buildServer()
    const transport = new WebStandardStreamableHTTPServerTransport({ sessionIdGenerator: randomUUID })
    await server.connect(transport)
    await new InProcessClient((request) => transport.handleRequest(request)).post(initializeOf(0))
    return server
  })
  const first = persistentSessions({ createServer: buildServer, store })
  const initialized = await cpuOf(async () => {
    const client = new InProcessClient(first.fetch)
    await client.post(initializeOf(0))
    return client
  })
  await first.close()
  const second = persistentSessions({ createServer: buildServer, store })
  const ids = initialized.results.map(({ sessionId }) => sessionId)
  const ping = async (index: number) => {
    await new InProcessClient(second.fetch, ids[index]).post({ id: 1, method: 'ping' })
  }
  const lost = await cpuOf(ping)
  const live = await cpuOf(ping)
  await second.close()
  for (const server of plainlyInitialized.results) await server.close()
  return {
    plainlyInitialized: plainlyInitialized.cpu,
    initialized: initialized.cpu,
    reCreated: lost.cpu - live.cpu,
  }
}

/** Processor time of all threads. */
async function cpuOf<Result>(work: (index: number) => Promise<Result>): Promise<{ cpu: number; results: Result[] }> {
  const before = process.cpuUsage()
  const results: Result[] = []
  for (let index = 0; index < sessionsEach; index++) results.push(await work(index))
  const { user, system } = process.cpuUsage(before)
  return { cpu: (user + system) / sessionsEach, results }
}
