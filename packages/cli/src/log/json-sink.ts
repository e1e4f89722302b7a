import { type DestinationStream, pino, stdTimeFunctions } from 'pino'
import type { LogSink } from './log.js'
import { isShown, type LogThreshold } from './log-level.js'

/** One JSON object a line: `level`, `time` (ISO 8601), `pid`, `name`, `msg`, and what a line has of data. */
export function createJsonSink(destination: DestinationStream, threshold: LogThreshold): LogSink {
  const logger = pino(
    {
      level: threshold,
      base: { pid: process.pid, name: 'mcp-tether' },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  )
  return {
    shows: (level) => isShown(level, threshold),
    write({ level, text, data }) {
      logger[level](data ?? {}, text)
    },
  }
}
