import type { LogLevel } from './log-level.js'

/** Where the bridge says what it does. One call is one line. */
export interface Log {
  /** Shown by default: connected, a loss, a recovery. */
  info(text: string): void
  /** Shown by default: something that the user may have to act on. */
  warn(text: string): void
  /** Shown at log level debug. `data` is the same as plain data, for sinks that keep such: free of secrets, as `text`. */
  detail(text: string, data?: LogData): void
  /** True while somebody is shown details, so that a caller can spare itself their making. */
  readonly verbose: boolean
}

export type LogData = Readonly<Record<string, unknown>>

export interface LogRecord {
  readonly level: LogLevel
  /** One line. */
  readonly text: string
  readonly data?: LogData | undefined
}

/** A place that lines go to. */
export interface LogSink {
  /** May change while the bridge runs. */
  shows(level: LogLevel): boolean
  /** Called with what it shows only. Must not throw. */
  write(record: LogRecord): void
}

/** A log that tells every sink what it shows. */
export function createLog(sinks: readonly LogSink[]): Log {
  const write = (record: LogRecord): void => {
    for (const sink of sinks) if (sink.shows(record.level)) sink.write(record)
  }
  return {
    get verbose() {
      return sinks.some((sink) => sink.shows('debug'))
    },
    info(text) {
      write({ level: 'info', text })
    },
    warn(text) {
      write({ level: 'warn', text })
    },
    detail(text, data) {
      write({ level: 'debug', text, data })
    },
  }
}
