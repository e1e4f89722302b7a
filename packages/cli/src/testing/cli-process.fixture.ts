import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { LineReader } from './line-reader.fixture.js'

export const binary = fileURLToPath(new URL('../../bin/mcp-tether.js', import.meta.url))

/** The real command as a child process. */
export interface CliProcess {
  readonly child: ChildProcessWithoutNullStreams
  readonly stdout: LineReader
  readonly stderr: LineReader
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
  readonly send: (line: string) => void
}

export function startCli(args: readonly string[], environment: Record<string, string> = {}): CliProcess {
  const child = spawn(process.execPath, [binary, ...args], { env: { ...process.env, ...environment } })
  child.stdin.on('error', () => undefined)
  const exited = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }))
  return {
    child,
    stdout: new LineReader(child.stdout),
    stderr: new LineReader(child.stderr),
    exited,
    send(line) {
      child.stdin.write(`${line}\n`)
    },
  }
}

/** Runs the command to its end. */
export async function runCli(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const cli = startCli(args, environment)
  cli.child.stdin.end()
  const { code } = await cli.exited
  return { code, stdout: cli.stdout.all.join('\n'), stderr: cli.stderr.all.join('\n') }
}
