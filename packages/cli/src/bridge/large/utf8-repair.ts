import { isUtf8 } from 'node:buffer'

const byteOrderMark = Buffer.from('\ufeff')

/**
 * Bytes as `Response.text()` would read them, piece by piece: without a byte order mark in front, and with U+FFFD where
 * they are no UTF-8. What is in order, and that is nearly everything, is handed on as it came.
 */
export class Utf8Repair {
  /** The beginning of a character whose end has not come. */
  #rest: Buffer = Buffer.alloc(0)
  #begun: boolean

  /** @param isBeginning false where a byte order mark in front would be a character like any other */
  constructor(isBeginning = true) {
    this.#begun = !isBeginning
  }

  push(piece: Uint8Array): Buffer {
    const came = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
    const bytes = this.#rest.length === 0 ? came : Buffer.concat([this.#rest, came])
    const end = endOfLastCharacter(bytes)
    this.#rest = bytes.subarray(end)
    return this.#repaired(bytes.subarray(0, end))
  }

  /** What is left after the last piece. */
  end(): Buffer {
    const rest = this.#rest
    this.#rest = Buffer.alloc(0)
    return this.#repaired(rest)
  }

  #repaired(bytes: Buffer): Buffer {
    if (bytes.length === 0) return bytes
    const own = this.#begun || !bytes.subarray(0, 3).equals(byteOrderMark) ? bytes : bytes.subarray(3)
    this.#begun = true
    return isUtf8(own) ? own : Buffer.from(own.toString('utf8'))
  }
}

/** Where a character begins that the next bytes may complete; the length when there is none. */
function endOfLastCharacter(bytes: Buffer): number {
  const { length } = bytes
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = bytes[length - back] ?? 0
    if (byte < 0x80) return length
    if (byte >= 0xc0) return lengthAfter(byte) > back ? length - back : length
  }
  return length
}

/** How long a character is whose first byte this is. */
function lengthAfter(first: number): number {
  if (first >= 0xf0) return 4
  return first >= 0xe0 ? 3 : 2
}
