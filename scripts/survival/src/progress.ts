import type { Report } from '@mcp-tether/survival'

const EVERY = 100

/** Tells how far the playing is: in one line that changes on a terminal, in a line now and then elsewhere. */
export class Progress {
  readonly #stream: NodeJS.WriteStream
  #total: number
  readonly #isRecovering: (face: string) => boolean
  readonly #startedAt = performance.now()
  #played = 0
  #failed = 0

  constructor(stream: NodeJS.WriteStream, total: number, isRecovering: (face: string) => boolean) {
    this.#stream = stream
    this.#total = total
    this.#isRecovering = isRecovering
  }

  /** More plays than were known of. */
  expect(plays: number): void {
    this.#total += plays
  }

  report(report: Report): void {
    this.#played++
    if (!report.passed && this.#isRecovering(report.face)) {
      this.#failed++
      this.#say(told(report))
    }
    if (this.#stream.isTTY) this.#line(`${this.#count()}: ${report.face}, ${report.scenario}`)
    else if (this.#played % EVERY === 0) this.#say(this.#count())
  }

  /** The last line. */
  end(): void {
    const seconds = ((performance.now() - this.#startedAt) / 1000).toFixed(0)
    this.#say(`${this.#count()} in ${seconds} s`)
  }

  #count(): string {
    const failures = this.#failed === 0 ? '' : `, ${String(this.#failed)} not survived with recovery`
    return `${String(this.#played)} of ${String(this.#total)} played${failures}`
  }

  #line(text: string): void {
    this.#stream.write(`\r\u001B[K${text.slice(0, this.#stream.columns - 1)}`)
  }

  #say(text: string): void {
    this.#stream.write(`${this.#stream.isTTY ? '\r\u001B[K' : ''}${text}\n`)
  }
}

/** A failure, with what is needed to understand it. */
function told({ face, scenario, verdict, reasons, wire }: Report): string {
  const lines = [...reasons, 'on the wire:', ...wire.split('\n')].map((line) => `    ${line}`)
  return [`${face}: ${scenario}: ${verdict}`, ...lines].join('\n')
}
