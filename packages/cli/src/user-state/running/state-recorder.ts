import type { EventListener, SessionEvent } from '@mcp-tether/client'
import { displayUrl } from '../../log/display-url.js'
import type { LogRecord, LogSink } from '../../log/log.js'
import { type BridgeState, rewriteMs } from './bridge-state.js'

/** What the recorder knows. Who the process is adds who writes it. */
export type RecordedState = Omit<BridgeState, 'process'>

export interface StateRecorderOptions {
  readonly server: URL
  /** The version of mcp-tether. */
  readonly release: string
  /** Longest time from a change to its writing, in milliseconds. @default 1000 */
  readonly delayMs?: number
  /** Puts the state where `mcp-tether status` finds it. Must not reject. */
  readonly write: (state: RecordedState) => Promise<void>
}

/**
 * Gathers what `mcp-tether status` shows of this bridge. It begins to write with the first line of the log, which is
 * about the answer to `initialize` or about a server that is not there, and it does so a second later and at most once
 * a second: nobody waits for it, and until then not even the code for it is loaded.
 */
export class StateRecorder implements LogSink {
  readonly #options: StateRecorderOptions
  readonly #startedAt = Date.now()
  readonly #sessions = new Set<string>()
  #recoveries = 0
  #lastError: BridgeState['lastError']
  #timer: NodeJS.Timeout | undefined
  #next: 'soon' | 'later' | undefined
  #writing = false
  #closed = false

  constructor(options: StateRecorderOptions) {
    this.#options = options
  }

  readonly onEvent: EventListener = (event: SessionEvent) => {
    if (event.type === 'session-bound') this.#sessions.add(event.session)
    else if (event.type === 'session-closed') this.#sessions.delete(event.session)
    else if (event.type === 'recovery-succeeded') this.#recoveries++
    else return
    this.#changed()
  }

  shows(level: LogRecord['level']): boolean {
    return level === 'info' || level === 'warn'
  }

  write({ level, text }: LogRecord): void {
    if (level === 'warn') this.#lastError = { at: Date.now(), message: withoutQueries(text) }
    this.#changed()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  /** There is something new. */
  #changed(): void {
    if (this.#closed || this.#next === 'soon') return
    clearTimeout(this.#timer)
    this.#next = 'soon'
    // Not while the state is being written: the end of that looks at what is next.
    if (!this.#writing) this.#start('soon')
  }

  /** Without a change the state is written again later, to show that this bridge lives. */
  #start(kind: 'soon' | 'later'): void {
    const { delayMs = 1_000 } = this.#options
    this.#timer = setTimeout(() => void this.#write(), kind === 'soon' ? delayMs : rewriteMs)
    this.#timer.unref()
  }

  async #write(): Promise<void> {
    this.#writing = true
    this.#next = undefined
    await this.#options.write(this.#state())
    this.#writing = false
    if (!this.#closed) this.#start((this.#next ??= 'later'))
  }

  #state(): RecordedState {
    const { server, release } = this.#options
    return {
      version: 1,
      server: displayUrl(server),
      release,
      startedAt: this.#startedAt,
      writtenAt: Date.now(),
      sessions: this.#sessions.size,
      recoveries: this.#recoveries,
      ...(this.#lastError ? { lastError: this.#lastError } : {}),
    }
  }
}

/** The address of a sign-in is for its user, once: long, and with what only its own browser shall know. */
function withoutQueries(text: string): string {
  return text.replace(/(https?:\/\/[^\s?]+)\?\S+/g, '$1?…')
}
