import type { Writable } from 'node:stream'
import picocolors from 'picocolors'

/** Where the bridge says what it does. One call is one line. */
export interface Log {
  /** Always shown: connected, a loss, a recovery. */
  info(text: string): void
  /** Always shown: something that the user may have to act on. */
  warn(text: string): void
  /** Shown with `--verbose`. */
  detail(text: string): void
  /** True when details are shown, so that a caller can spare itself their making. */
  readonly verbose: boolean
}

export interface LogOptions {
  readonly output: Writable
  readonly verbose: boolean
  readonly colors: boolean
  /** The time of day, for tests. @default the system's */
  readonly now?: () => Date
}

/** A host that doesn't read stderr must not make us hold it all: beyond this, lines are dropped. */
const maxBufferedBytes = 1024 * 1024

export function createLog({ output, verbose, colors, now = () => new Date() }: LogOptions): Log {
  const paint = picocolors.createColors(colors)
  // A closed stderr is no reason to stop.
  output.on('error', () => undefined)
  const write = (text: string): void => {
    if (output.writableLength > maxBufferedBytes) return
    const stamp = verbose ? `${paint.dim(timeOfDay(now()))} ` : 'mcp-tether: '
    output.write(`${stamp}${text}\n`)
  }
  return {
    verbose,
    info: write,
    warn(text) {
      write(paint.yellow(text))
    },
    detail(text) {
      if (verbose) write(text)
    },
  }
}

function timeOfDay(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')
  return `${time}.${String(date.getMilliseconds()).padStart(3, '0')}`
}
