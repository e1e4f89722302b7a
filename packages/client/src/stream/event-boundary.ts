/** A blank line, however it is written (HTML Standard, 9.2.5), at the end of a text. */
const blankLineAtEnd = /(?:\n|\r(?!\n))(?:\r\n|\n|\r)$/

/** As much of a text's end as the longest blank line after a line's end takes. */
const endLength = 4

/**
 * Where in an event stream its reader is, from the bytes that passed: only between two events may something be put in
 * between, and an event that broke off has to be made harmless before anything follows it.
 */
export class EventBoundary {
  /** The last four bytes, the last one lowest. */
  #lastBytes = 0
  #length = 0

  push(chunk: Uint8Array): void {
    const { byteLength } = chunk
    for (let at = Math.max(0, byteLength - endLength); at < byteLength; at++) {
      this.#lastBytes = (this.#lastBytes << 8) | (chunk[at] ?? 0)
    }
    this.#length = Math.min(endLength, this.#length + byteLength)
  }

  get #end(): string {
    let end = ''
    for (let back = this.#length - 1; back >= 0; back--) {
      end += String.fromCharCode((this.#lastBytes >>> (back * 8)) & 0xff)
    }
    return end
  }

  /** Nothing has been begun that is not ended. */
  get isBetweenEvents(): boolean {
    return this.#end === '' || blankLineAtEnd.test(this.#end)
  }

  /**
   * What to write after an event that broke off, so that its reader drops what it has of it: the last `event` and `id`
   * of an event are those that count, clients pass over types that they do not know, and an empty id is none.
   */
  get discardingText(): string {
    const lineEnd = this.#end === '' || this.#end.endsWith('\n') ? '' : '\n'
    return this.isBetweenEvents ? '' : `${lineEnd}event: mcp-tether-broken-off\ndata:\nid:\n\n`
  }

  /** A carriage return may be half of a line's end, so that its reader waits for what comes. */
  get isHalfALineEnd(): boolean {
    return this.#end.endsWith('\r')
  }
}
