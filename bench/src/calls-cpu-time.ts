/*
 * Measures one kind of answer, and prints the findings as JSON. To be run by `cpu-time.ts`:
 *
 *   node calls-cpu-time.js <json|sse> <bytes of a result> <calls in a round>
 */
import { withSessionRecovery } from '@mcp-tether/client'
import type { Finding } from './finding.js'
import { connect, type Host } from './host.js'
import { inProcessServer, type ServerSettings } from './in-process-server.js'
import { median, middleHalf } from './statistics.js'

interface Case extends ServerSettings {
  readonly name: string
  readonly calls: number
}

const url = new URL('http://in-process.test/mcp')
const pairs = 9
const maxAddedMicroseconds = 15
const maxStreamRatio = 1.15

const [answersAs, bytes, calls] = process.argv.slice(2)
if (answersAs !== 'json' && answersAs !== 'sse') throw new Error('Say how calls are answered: json or sse')
const resultBytes = Number(bytes)
const name = `${answersAs === 'json' ? 'JSON' : 'SSE'}, ${resultBytes < 1_000 ? 'small' : `${String(resultBytes / 1_000)} KB`}`
process.stdout.write(JSON.stringify(await measure({ name, answersAs, resultBytes, calls: Number(calls) })))

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
