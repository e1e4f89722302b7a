/** Bytes in a form that can be compared and read: as text where they are UTF-8, otherwise as base64. Loses nothing. */
export function legible(chunks: readonly Uint8Array[]): string {
  const bytes = Buffer.concat(chunks)
  const text = bytes.toString('utf8')
  return Buffer.from(text, 'utf8').equals(bytes) ? text : `base64:${bytes.toString('base64')}`
}
