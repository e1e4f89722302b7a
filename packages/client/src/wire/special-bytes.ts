/** How far to look byte by byte before it is worth while to look at four at a time. */
const nearby = 32

/** What a string of JSON, and a line, can't go on over: control characters, `"` and `\`. */
const specialBytes = new Uint8Array(256).fill(1, 0, 0x20)
/** What makes an escape of two bytes with the `\` before it. */
const escapedBytes = new Uint8Array(256)
for (const character of '"\\') specialBytes[character.charCodeAt(0)] = 1
for (const character of '"\\/bfnrt') escapedBytes[character.charCodeAt(0)] = 1

const backslash = 0x5c

/**
 * Finds where in a piece of bytes a string of JSON, or a line, may end, at some gigabytes per second: most of what servers
 * send is long text.
 */
export class SpecialBytes {
  readonly #bytes: Uint8Array
  /** The same bytes four at a time, from the first aligned ones in or before them. Made when needed. */
  #words: Int32Array | undefined

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** The place of the first control character or `"` from `start` on, or of a `\` that is not followed by what makes an
   * escape of two bytes with it. `end` when there is none before it. */
  next(start: number, end: number): number {
    const bytes = this.#bytes
    let at = start
    for (;;) {
      const near = end - at > nearby ? at + nearby : end
      while (at < near && specialBytes[bytes[at] ?? 0] === 0) at++
      if (at === near && at < end) at = this.#farther(at, end)
      if (at >= end || bytes[at] !== backslash) return at
      if (at + 1 === end || escapedBytes[bytes[at + 1] ?? 0] === 0) return at
      at += 2
    }
  }

  /** The same, without escapes. The bytes before `start`, up to an aligned one, are none. */
  #farther(start: number, end: number): number {
    const bytes = this.#bytes
    const { buffer, byteOffset, byteLength } = bytes
    const lead = byteOffset & 3
    const words = (this.#words ??= new Int32Array(buffer, byteOffset - lead, (byteLength + lead) >> 2))
    const endWord = (end + lead) >> 2
    let word = (start + lead) >> 2
    while (word + 4 <= endWord && !hasSpecial(words, word)) word += 4
    let at = Math.max(start, (word << 2) - lead)
    while (at < end && specialBytes[bytes[at] ?? 0] === 0) at++
    return at
  }
}

/** Whether one of sixteen bytes is special. */
function hasSpecial(words: Int32Array, at: number): boolean {
  const signs =
    signsOf(words[at] ?? 0) | signsOf(words[at + 1] ?? 0) | signsOf(words[at + 2] ?? 0) | signsOf(words[at + 3] ?? 0)
  return (signs & 0x80808080) !== 0
}

/**
 * Of four bytes the sign of each is set where the byte is special, and above one that is (Bit Twiddling Hacks, "Determine
 * if a word has a byte less than n").
 */
function signsOf(word: number): number {
  const control = word - 0x20202020
  const quote = (word ^ 0x22222222) - 0x01010101
  const escape = (word ^ 0x5c5c5c5c) - 0x01010101
  return (control | quote | escape) & ~word
}
