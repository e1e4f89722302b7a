/** A byte order mark is a character anywhere but at the beginning of a stream. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** UTF-8 as text; U+FFFD where it is none. */
export function textOf(bytes: Uint8Array, start = 0, end = bytes.byteLength): string {
  return decoder.decode(bytes.subarray(start, end))
}

/** The pieces in one, which is the only piece itself where there is just one. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces
  if (pieces.length === 1 && only) return only
  const bytes = new Uint8Array(pieces.reduce((size, { byteLength }) => size + byteLength, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.byteLength
  }
  return bytes
}
