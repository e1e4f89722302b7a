import { median } from '../statistics.js'
import type { Contestant } from './contestants.js'
import { StdioHost } from './stdio-host.js'

/** What was measured of one contestant in one round. */
export interface Measured {
  /** From the start of the process to the answer of the first `tools/list`, in milliseconds. */
  readonly start: number
  /** Processor time of the same, in milliseconds. */
  readonly startCpu: number
  /** Median time of a call when one follows the other, in milliseconds. */
  readonly latency: number
  /** Calls in a second, of {@link parallelCallers}. */
  readonly throughput: number
  /** Processor time of a call, in milliseconds. */
  readonly callCpu: number
  /** Resident memory before the calls, in MiB. */
  readonly idleMemory: number
  /** Resident memory after {@link totalCalls} calls, in MiB. */
  readonly memory: number
}

const totalCalls = 3_000
const parallelCallers = 32
const startsEach = 3
/** Everybody has its turn again and again, so that what the machine does meanwhile meets all of them. */
const turns = 10
const sequentialCallsATurn = 100
const parallelCallsATurn = totalCalls / turns - sequentialCallsATurn

/** Measures every contestant once. `order` says who comes first whenever all have their turn. */
export async function measureRound(
  order: readonly Contestant[],
  url: string,
): Promise<ReadonlyMap<Contestant, Measured>> {
  const starts = await measureStarts(order, url)
  const calls = await measureCalls(order, url)
  return new Map(order.map((contestant, index) => [contestant, { ...starts[index], ...calls[index] } as Measured]))
}

type Starts = Pick<Measured, 'start' | 'startCpu'>

async function measureStarts(order: readonly Contestant[], url: string): Promise<Starts[]> {
  const taken = order.map((contestant) => ({ contestant, times: [] as number[], cpu: [] as number[] }))
  for (let count = 0; count < startsEach; count++) {
    for (const { contestant, times, cpu } of taken) {
      const startedAt = performance.now()
      const host = new StdioHost(contestant, url)
      try {
        await host.connect()
        times.push(performance.now() - startedAt)
        cpu.push(host.cpu)
      } finally {
        await host.close()
      }
    }
  }
  return taken.map(({ times, cpu }) => ({ start: median(times), startCpu: median(cpu) }))
}

async function measureCalls(order: readonly Contestant[], url: string): Promise<Omit<Measured, keyof Starts>[]> {
  const hosts = order.map((contestant) => new StdioHost(contestant, url))
  try {
    const taken = []
    for (const host of hosts) {
      await host.connect()
      const { memory, cpu } = host
      taken.push({ host, memory, cpu, latencies: [] as number[], rates: [] as number[] })
    }
    for (let turn = 0; turn < turns; turn++) {
      for (const { host, latencies } of taken) latencies.push(...(await latenciesOf(host)))
      for (const { host, rates } of taken) rates.push(await rateOf(host))
    }
    return taken.map(({ host, memory, cpu, latencies, rates }) => ({
      latency: median(latencies),
      throughput: median(rates),
      callCpu: (host.cpu - cpu) / totalCalls,
      idleMemory: memory,
      memory: host.memory,
    }))
  } finally {
    for (const host of hosts) await host.close()
  }
}

async function latenciesOf(host: StdioHost): Promise<number[]> {
  const latencies: number[] = []
  for (let call = 0; call < sequentialCallsATurn; call++) {
    const startedAt = performance.now()
    await host.call()
    latencies.push(performance.now() - startedAt)
  }
  return latencies
}

async function rateOf(host: StdioHost): Promise<number> {
  const startedAt = performance.now()
  let left = parallelCallsATurn
  await Promise.all(
    Array.from({ length: parallelCallers }, async () => {
      while (left-- > 0) await host.call()
    }),
  )
  return (1000 * parallelCallsATurn) / (performance.now() - startedAt)
}
