/**
 * How far a request came that `fetch` failed on (after gRPC):
 * - `not-started`: no byte of it left us, so that it may be sent again whatever it is;
 * - `unknown`: it may have been read and run.
 */
export type FailedProgress = 'not-started' | 'unknown'

/** System errors that come before the first byte: name look-up, connecting. */
const beforeConnection: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EHOSTDOWN',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** What Node says when a TLS handshake is cut short: the code alone (ECONNRESET) is that of a reset after sending too. */
const beforeSecure = 'before secure TLS connection was established'

/**
 * Reads it from the error that `fetch` threw. A platform that does not say what failed (browsers), and a reset of a
 * connection that was kept alive, are `unknown`.
 */
export function progressOf(error: unknown): FailedProgress {
  const cause = error instanceof Error ? error.cause : undefined
  return isBeforeFirstByte(cause) ? 'not-started' : 'unknown'
}

function isBeforeFirstByte(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false
  const { code, sent, errors } = cause as { code?: unknown; sent?: unknown; errors?: unknown }
  // A `fetch` that knows says so itself.
  if (typeof sent === 'boolean') return !sent
  // Every address of a host was tried in vain.
  if (Array.isArray(errors) && errors.length > 0) return errors.every(isBeforeFirstByte)
  return beforeConnection.has(code) || cause.message.includes(beforeSecure)
}

/** Waiting does not mend a certificate, nor a peer that speaks no TLS. */
export function isLasting(error: unknown): boolean {
  const { code, lasting } = ((error instanceof Error ? error.cause : undefined) ?? {}) as {
    code?: unknown
    lasting?: unknown
  }
  // As with `sent`: a `fetch` that knows says so itself.
  if (typeof lasting === 'boolean') return lasting
  return typeof code === 'string' && /^(CERT_|ERR_TLS_|ERR_SSL_|EPROTO|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/.test(code)
}
