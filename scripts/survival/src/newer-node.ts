import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Report } from '@mcp-tether/survival'

/** What another Node is to play. */
export interface ElsewhereOptions {
  /** Its binary. */
  readonly node: string
  /** The command line of this script, with `--json`. */
  readonly args: readonly string[]
  /** Told first how many plays there will be. */
  readonly onPlays: (plays: number) => void
  readonly onReport: (report: Report) => void
  readonly signal: AbortSignal
}

/** Plays in a process of another Node. Rejects when that ends otherwise than with reports. */
export async function playElsewhere({
  node,
  args,
  onPlays,
  onReport,
  signal,
}: ElsewhereOptions): Promise<readonly Report[]> {
  const script = process.argv[1] ?? ''
  const child = spawn(node, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const stop = (): void => {
    child.kill('SIGTERM')
  }
  signal.addEventListener('abort', stop)
  const ended = once(child, 'close') as Promise<[number | null]>
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)))
  try {
    const reports: Report[] = []
    for await (const line of createInterface({ input: child.stdout })) {
      const told = JSON.parse(line) as Report | { readonly plays: number }
      if ('plays' in told) {
        onPlays(told.plays)
        continue
      }
      reports.push(told)
      onReport(told)
    }
    const [code] = await ended
    if (code !== 0 && code !== 1 && !signal.aborted) {
      throw new Error(`${node} ended with ${String(code)}: ${said.trim()}`)
    }
    return reports
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
