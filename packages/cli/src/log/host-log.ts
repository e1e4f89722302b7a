import type { LogRecord, LogSink } from './log.js'
import type { LogLevel } from './log-level.js'

/** Severities of MCP (2025-11-25, Logging: those of RFC 5424), the least first. */
const severities = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'] as const

type Severity = (typeof severities)[number]

const severityOf: Readonly<Record<LogLevel, Severity>> = { debug: 'debug', info: 'info', warn: 'warning' }

/** Lines that wait for a host that does not read. Beyond it they are dropped. */
const maxWaiting = 100

/** Takes a line for the host, and resolves when there is room for more. */
export type WriteToHost = (line: string) => Promise<void>

/**
 * The bridge's own lines as `notifications/message` to the host: none before the host has set a level, and none below
 * it. The host may do that where the server has declared `logging`: nothing is declared in the server's name.
 */
export class HostLog implements LogSink {
  #least: Severity | undefined
  #write: WriteToHost | undefined
  #waiting = 0

  /** Where lines go. */
  connect(write: WriteToHost): void {
    this.#write = write
  }

  /** The host has set its level, and the server has taken it. What is no level changes nothing. */
  setLevel(level: unknown): void {
    this.#least = severities.find((each) => each === level) ?? this.#least
  }

  /** A new session begins: its level is not set. */
  reset(): void {
    this.#least = undefined
  }

  shows(level: LogLevel): boolean {
    if (this.#least === undefined || this.#write === undefined) return false
    return severities.indexOf(severityOf[level]) >= severities.indexOf(this.#least)
  }

  write({ level, text }: LogRecord): void {
    if (!this.#write || this.#waiting >= maxWaiting) return
    const params = { level: severityOf[level], logger: 'mcp-tether', data: text }
    this.#waiting++
    void this.#write(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params })).finally(() => {
      this.#waiting--
    })
  }
}
