import { withSessionRecovery } from '@mcp-tether/client'
import type { Finding } from './finding.js'
import { connect } from './host.js'
import { inProcessServer } from './in-process-server.js'
import { median, middleHalf } from './statistics.js'

const latencyMs = 50
const recoveries = 9
/** `initialize`, `notifications/initialized`, and the same call again. */
const extraRoundTrips = 3
const maxRatio = 1.15

/** What a loss adds to a call, to the sum of the round trips that it takes. */
export async function measureRecoveryTime(tell: (line: string) => void): Promise<Finding[]> {
  tell(`recoveries at ${String(latencyMs)} ms for each round trip`)
  const server = inProcessServer({ answersAs: 'json', resultBytes: 100, latencyMs })
  const host = await connect(new URL('http://in-process.test/mcp'), withSessionRecovery()(server.fetch))
  const timeOfCall = async (): Promise<number> => {
    const startedAt = performance.now()
    await host.call()
    return performance.now() - startedAt
  }
  const ratios: number[] = []
  for (let recovery = 0; recovery < recoveries; recovery++) {
    const healthy = await timeOfCall()
    server.forget()
    const healed = await timeOfCall()
    ratios.push((healed - healthy) / (extraRoundTrips * latencyMs))
  }
  await host.close()
  const measured = median(ratios)
  return [
    { what: 'recovery, to its 3 round trips', measured, spread: middleHalf(ratios), unit: 'times', target: maxRatio },
  ]
}
