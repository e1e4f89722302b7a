/** A byte order mark is a character anywhere but at the beginning. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** The longest character has four bytes. */
const maxCutLength = 3

/**
 * Decodes UTF-8 that comes in pieces, as a `TextDecoder` does with `stream: true`, which takes four times as long in
 * Node as decoding pieces that are whole: only a character that is cut in two waits for the next piece.
 */
export class Utf8Pieces {
  #cut: Uint8Array | undefined
  #isBeginning = true

  push(piece: Uint8Array): string {
    const bytes = this.#cut ? joined(this.#cut, piece) : piece
    const whole = bytes.byteLength - cutLength(bytes)
    this.#cut = whole === bytes.byteLength ? undefined : bytes.slice(whole)
    const text = decoder.decode(this.#cut ? bytes.subarray(0, whole) : bytes)
    if (!this.#isBeginning || text === '') return text
    this.#isBeginning = false
    return text.startsWith('\uFEFF') ? text.slice(1) : text
  }
}

/** How many bytes at the end are of a character that is not whole. */
function cutLength(bytes: Uint8Array): number {
  for (let length = 1; length <= maxCutLength; length++) {
    const byte = bytes.at(-length)
    if (byte === undefined || byte < 0x80) return 0
    if (byte >= 0xc0) return length < lengthAfter(byte) ? length : 0
  }
  return 0
}

/** The length of a character that begins with this byte. */
function lengthAfter(first: number): number {
  if (first >= 0xf0) return 4
  return first >= 0xe0 ? 3 : 2
}

function joined(beginning: Uint8Array, rest: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(beginning.byteLength + rest.byteLength)
  bytes.set(beginning)
  bytes.set(rest, beginning.byteLength)
  return bytes
}
