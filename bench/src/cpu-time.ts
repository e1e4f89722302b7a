import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Finding } from './finding.js'

const child = fileURLToPath(new URL('calls-cpu-time.js', import.meta.url))
const run = promisify(execFile)

const cases = [
  { answersAs: 'json', resultBytes: 100, calls: 1_200 },
  { answersAs: 'json', resultBytes: 100_000, calls: 300 },
  { answersAs: 'sse', resultBytes: 100, calls: 1_200 },
  { answersAs: 'sse', resultBytes: 100_000, calls: 300 },
] as const

/**
 * Keeps glibc from giving memory back and taking it again: bodies of 100 KB make it do that, bare or not, as often as it
 * happens to have something to give, and the page faults cost up to 100 µs a call. Elsewhere it says nothing.
 */
const env = { ...process.env, MALLOC_TRIM_THRESHOLD_: String(1024 ** 3), MALLOC_TOP_PAD_: String(64 * 1024 ** 2) }

/** The client's CPU time for a `tools/call`, with and without the middleware, in a process for each kind of answer. */
export async function measureCpuTime(tell: (line: string) => void): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { answersAs, resultBytes, calls } of cases) {
    tell(`CPU time: ${answersAs}, ${String(resultBytes)} bytes`)
    const { stdout } = await run(process.execPath, [child, answersAs, String(resultBytes), String(calls)], { env })
    findings.push(...(JSON.parse(stdout) as Finding[]))
  }
  return findings
}
