import { isIP } from 'node:net'

/** True for an address of this very machine: `localhost` (RFC 6761, 6.3), 127.0.0.0/8 and ::1. */
export function isLoopback({ hostname }: URL): boolean {
  const host = hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
  if (host === 'localhost' || host.endsWith('.localhost')) return true
  if (isIP(host) === 4) return host.startsWith('127.')
  // A URL writes the IPv4 address in it as two groups in hex.
  return host === '::1' || /^::ffff:7f[0-9a-f]{2}:/.test(host)
}
