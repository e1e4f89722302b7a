const lineFeed = 0x0a
const carriageReturn = 0x0d

/** A line without its end, or the news that one was longer than allowed (and was dropped). */
export type Line = Buffer | 'too-long'

/**
 * Cuts a byte stream into lines. Bytes, not text: a character of several bytes may arrive in two chunks. A line of many
 * chunks is joined once, so that its cost grows with its size only.
 */
export class LineSplitter {
  readonly #maxBytes: number
  #parts: Buffer[] = []
  #size = 0
  #overflown = false

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  push(chunk: Buffer): Line[] {
    const lines: Line[] = []
    let start = 0
    for (;;) {
      const end = chunk.indexOf(lineFeed, start)
      if (end === -1) break
      this.#append(chunk.subarray(start, end))
      lines.push(this.#take())
      start = end + 1
    }
    if (start < chunk.length) this.#append(chunk.subarray(start))
    return lines
  }

  /** What came after the last line feed, at the end of the stream. */
  end(): Line | undefined {
    return this.#size > 0 || this.#overflown ? this.#take() : undefined
  }

  #append(part: Buffer): void {
    this.#size += part.length
    if (this.#size > this.#maxBytes) {
      this.#overflown = true
      this.#parts = []
    } else if (part.length > 0) {
      this.#parts.push(part)
    }
  }

  #take(): Line {
    const [first, second] = this.#parts
    const line = first === undefined ? Buffer.alloc(0) : second === undefined ? first : Buffer.concat(this.#parts)
    const overflown = this.#overflown
    this.#parts = []
    this.#size = 0
    this.#overflown = false
    if (overflown) return 'too-long'
    return line.at(-1) === carriageReturn ? line.subarray(0, -1) : line
  }
}
