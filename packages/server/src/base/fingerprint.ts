import { createHash } from 'node:crypto'

/** A short name for a session id: enough to tell two apart in a log, not enough to use one. */
export function fingerprint(secret: string): string {
  return createHash('sha256').update(secret).digest('hex').slice(0, 8)
}
