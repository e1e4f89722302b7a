import type { Readable } from 'node:stream'

/** Lines of a stream, to be waited for one by one or by what they contain. */
export class LineReader {
  readonly all: string[] = []
  #rest = ''
  #taken = 0
  #waiters: (() => void)[] = []
  #ended = false

  constructor(stream: Readable) {
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      const lines = (this.#rest + text).split('\n')
      this.#rest = lines.pop() ?? ''
      this.all.push(...lines)
      this.#wake()
    })
    stream.on('close', () => {
      this.#ended = true
      this.#wake()
    })
  }

  /** The next line that was not taken yet. */
  async next(): Promise<string> {
    await this.#until(() => this.all.length > this.#taken)
    return this.all[this.#taken++] ?? ''
  }

  /** The first line that contains `text`, seen already or still to come. */
  async containing(text: string): Promise<string> {
    await this.#until(() => this.all.some((line) => line.includes(text)))
    return this.all.find((line) => line.includes(text)) ?? ''
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.#ended) throw new Error(`the stream ended; it had brought:\n${this.all.join('\n')}`)
      await new Promise<void>((resolve) => this.#waiters.push(resolve))
    }
  }

  #wake(): void {
    for (const waiter of this.#waiters.splice(0)) waiter()
  }
}
