import { withSessionRecovery } from '@mcp-tether/client'
import type { Finding } from './finding.js'
import { connect, type Host } from './host.js'
import { loopbackServer } from './loopback-server.js'
import { median, middleHalf } from './statistics.js'

const pairs = 9
const callsEach = 600
const atOnce = 16

/** Calls in a second over loopback, with the middleware to those without it. */
export async function measureThroughput(tell: (line: string) => void): Promise<Finding[]> {
  tell('throughput over loopback')
  const server = await loopbackServer({ answersAs: 'json', resultBytes: 100 })
  const bare = await connect(server.url, fetch)
  const ours = await connect(server.url, withSessionRecovery()(fetch))
  try {
    for (const host of [bare, ours]) await rateOf(host)
    const ratios: number[] = []
    for (let pair = 0; pair < pairs; pair++) {
      // One order in every other pair, so that what drifts does not favour either.
      const order = pair % 2 === 0 ? [bare, ours] : [ours, bare]
      const rates = new Map<Host, number>()
      for (const host of order) rates.set(host, await rateOf(host))
      ratios.push((rates.get(ours) ?? Number.NaN) / (rates.get(bare) ?? Number.NaN))
    }
    return [{ what: 'throughput over loopback', measured: median(ratios), spread: middleHalf(ratios), unit: 'times' }]
  } finally {
    await bare.close()
    await ours.close()
    await server.close()
  }
}

async function rateOf(host: Host): Promise<number> {
  const startedAt = performance.now()
  let left = callsEach
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (left-- > 0) await host.call()
    }),
  )
  return callsEach / (performance.now() - startedAt)
}
