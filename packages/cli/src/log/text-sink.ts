import type { Writable } from 'node:stream'
import picocolors from 'picocolors'
import { writeBounded } from './bounded-output.js'
import type { LogSink } from './log.js'
import { isShown, type LogThreshold } from './log-level.js'

export interface TextSinkOptions {
  readonly output: Writable
  readonly threshold: LogThreshold
  readonly colors: boolean
  /** The time of day, for tests. @default the system's */
  readonly now?: () => Date
}

/** Lines for a person at a terminal: with the command's name, or with the time of day where details are shown. */
export function createTextSink({ output, threshold, colors, now = () => new Date() }: TextSinkOptions): LogSink {
  const paint = picocolors.createColors(colors)
  const write = writeBounded(output)
  return {
    shows: (level) => isShown(level, threshold),
    write({ level, text }) {
      const stamp = threshold === 'debug' ? `${paint.dim(timeOfDay(now()))} ` : 'mcp-tether: '
      write(`${stamp}${level === 'warn' ? paint.yellow(text) : text}\n`)
    },
  }
}

function timeOfDay(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')
  return `${time}.${String(date.getMilliseconds()).padStart(3, '0')}`
}
