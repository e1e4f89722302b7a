import { createHash } from 'node:crypto'

export const credentialFileEnding = '.json'

/**
 * The address as the key of what is stored. The fragment never reaches a server; everything else may select another
 * one, the query too.
 */
export function serverKey(server: URL): string {
  const key = new URL(server)
  key.hash = ''
  key.username = key.password = ''
  return key.href
}

/** The host, for people, and a digest, because addresses differ in more than file names can, and may hold a secret. */
export function credentialFileName(server: URL): string {
  const digest = createHash('sha256').update(serverKey(server)).digest('hex').slice(0, 20)
  const host = server.host
    .toLowerCase()
    .replace(/[^a-z0-9.-]/g, '_')
    .slice(0, 60)
  return `${host}-${digest}${credentialFileEnding}`
}
