/**
 * Why a request to the server failed: the `cause` of the `TypeError` that {@link createUpstreamFetch} rejects with.
 * `sent` decides whether the request may be repeated without a doubt.
 */
export interface UpstreamFailure extends Error {
  /** The system's code (`ECONNREFUSED`, `ENOTFOUND`, `ECONNRESET` …) or `UND_ERR_CONNECT_TIMEOUT`, as undici has it. */
  readonly code: string
  /** False when no byte of the request can have left: name look-up, connect and TLS handshake come before the first. */
  readonly sent: boolean
  /**
   * True when the request went out on a connection kept alive from an earlier one. A server that closes such a
   * connection while the request is on its way has usually not read it, but nothing proves it.
   */
  readonly reusedSocket: boolean
}

/** How far a request had come when it failed. */
export interface RequestProgress {
  readonly sent: boolean
  readonly reusedSocket: boolean
}

/** The platform's own error shape for a request without an answer, with an {@link UpstreamFailure} as its cause. */
export function fetchFailed(error: Error, progress: RequestProgress): TypeError {
  return new TypeError('fetch failed', { cause: withProgress(error, progress) })
}

/** The platform's own error shape for a body that breaks off. */
export function bodyTerminated(error: Error, reusedSocket: boolean): TypeError {
  return new TypeError('terminated', { cause: withProgress(error, { sent: true, reusedSocket }) })
}

/** An error with a code, for failures that the system has no error for. */
export function codedError(code: string, message: string): Error & { code: string } {
  return Object.assign(new Error(message), { code })
}

function withProgress(error: Error, progress: RequestProgress): UpstreamFailure {
  const { code } = error as { code?: unknown }
  return Object.assign(error, { ...progress, code: typeof code === 'string' ? code : 'UND_ERR_SOCKET' })
}
