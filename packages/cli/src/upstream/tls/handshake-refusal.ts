/**
 * TLS alerts by which a server refuses our part of the handshake (RFC 8446, 6.2). With TLS 1.3 they come when the client
 * has already sent its request, which the server then never reads.
 */
const refusals = [
  'HANDSHAKE_FAILURE',
  'BAD_CERTIFICATE',
  'UNSUPPORTED_CERTIFICATE',
  'CERTIFICATE_REVOKED',
  'CERTIFICATE_EXPIRED',
  'CERTIFICATE_UNKNOWN',
  'UNKNOWN_CA',
  'ACCESS_DENIED',
  'CERTIFICATE_REQUIRED',
]

const pattern = new RegExp(`^ERR_SSL_\\w*ALERT_(${refusals.join('|')})$`)

/** True for the failure of a connection whose handshake the server has refused. */
export function isHandshakeRefusal(error: Error): boolean {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' && pattern.test(code)
}
