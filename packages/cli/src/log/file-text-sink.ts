import type { LogSink } from './log.js'
import { isShown, type LogThreshold } from './log-level.js'

/** Lines for a person who reads a file: each with its date, its level and the process that wrote it. */
export function createFileTextSink(write: (line: string) => void, threshold: LogThreshold): LogSink {
  return {
    shows: (level) => isShown(level, threshold),
    write({ level, text }) {
      write(`${new Date().toISOString()} ${process.pid} ${level.padEnd(5)} ${text}\n`)
    },
  }
}
