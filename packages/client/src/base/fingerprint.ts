/**
 * A short name for a secret: enough to tell two sessions apart in a log, not enough to use one. FNV-1a, 32 bits, as
 * eight hexadecimal digits: it has to be synchronous and to run everywhere, and it hides nothing that can be guessed.
 */
export function fingerprint(secret: string): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < secret.length; index++) {
    hash = Math.imul(hash ^ secret.charCodeAt(index), 0x01000193)
  }
  return (hash >>> 0).toString(16).padStart(8, '0')
}
