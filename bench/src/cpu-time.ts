import { withSessionRecovery } from '@mcp-tether/client'
import type { Finding } from './finding.js'
import { connect, type Host } from './host.js'
import { inProcessServer, type ServerSettings } from './in-process-server.js'
import { median, middleHalf } from './statistics.js'

interface Case extends ServerSettings {
  readonly name: string
  readonly calls: number
}

const cases: readonly Case[] = [
  { name: 'JSON, small', answersAs: 'json', resultBytes: 100, calls: 1_200 },
  { name: 'JSON, 100 KB', answersAs: 'json', resultBytes: 100_000, calls: 300 },
  { name: 'SSE, small', answersAs: 'sse', resultBytes: 100, calls: 1_200 },
  { name: 'SSE, 100 KB', answersAs: 'sse', resultBytes: 100_000, calls: 300 },
]

const url = new URL('http://in-process.test/mcp')
const pairs = 9
const maxAddedMicroseconds = 15
const maxStreamRatio = 1.15

/** The client's CPU time for a `tools/call`, with and without the middleware. */
export async function measureCpuTime(tell: (line: string) => void): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const its of cases) {
    tell(`CPU time: ${its.name}`)
    findings.push(...(await measure(its)))
  }
  return findings
}

async function measure(its: Case): Promise<Finding[]> {
  const bare = await connect(url, inProcessServer(its).fetch)
  const first = await connect(url, withSessionRecovery()(inProcessServer(its).fetch))
  const server = inProcessServer(its)
  const second = await connect(url, withSessionRecovery()(server.fetch))
  server.forget()
  await second.call()

  const hosts = [bare, first, second]
  for (const host of hosts) await cpuTimeOf(host, its.calls)
  const rounds: (readonly number[])[] = []
  for (let round = 0; round < pairs; round++) {
    // Each of them is first, second and third equally often: what drifts, drifts for all.
    const times = [0, 0, 0]
    for (let turn = 0; turn < hosts.length; turn++) {
      const at = (round + turn) % hosts.length
      const host = hosts[at]
      if (host) times[at] = await cpuTimeOf(host, its.calls)
    }
    rounds.push(times)
  }
  for (const host of hosts) await host.close()
  return [findingOf(its, rounds, 1), findingOf(its, rounds, 2)]
}

function findingOf({ name, answersAs }: Case, rounds: readonly (readonly number[])[], epoch: 1 | 2): Finding {
  const what = `CPU ${answersAs === 'json' ? 'added' : 'ratio'}, ${name}, epoch ${String(epoch)}`
  const bareOf = (times: readonly number[]): number => times[0] ?? Number.NaN
  const oursOf = (times: readonly number[]): number => times[epoch] ?? Number.NaN
  if (answersAs === 'json') {
    const added = rounds.map((times) => oursOf(times) - bareOf(times))
    const target = epoch === 1 ? { target: maxAddedMicroseconds } : {}
    return { what, measured: median(added), spread: middleHalf(added), unit: 'µs', ...target }
  }
  const ratios = rounds.map((times) => oursOf(times) / bareOf(times))
  const target = epoch === 1 ? { target: maxStreamRatio } : {}
  return { what, measured: median(ratios), spread: middleHalf(ratios), unit: 'times', ...target }
}

/** Microseconds of CPU for each call, of all threads of this process. */
async function cpuTimeOf(host: Host, calls: number): Promise<number> {
  const before = process.cpuUsage()
  for (let call = 0; call < calls; call++) await host.call()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / calls
}
