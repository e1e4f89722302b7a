/**
 * A short name for a session id, so that a log can tell two sessions apart without holding the key to either. The same
 * function (FNV-1a, 32 bits) that the engine uses in its events, so that both name a session alike.
 */
export function fingerprint(secret: string): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < secret.length; index++) hash = Math.imul(hash ^ secret.charCodeAt(index), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}
