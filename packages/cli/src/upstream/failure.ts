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
  /** True when waiting won't help, where the code alone does not say so. */
  readonly lasting?: boolean
  /** Host and port of the proxy that the request did not get past. */
  readonly proxy?: string
}

/** How far a request had come when it failed. */
export interface RequestProgress {
  readonly sent: boolean
  readonly reusedSocket: boolean
}

/** The platform's own error shape for a request without an answer, with an {@link UpstreamFailure} as its cause. */
export function fetchFailed(error: Error, progress: RequestProgress): TypeError {
  const cause = withProgress(error, progress)
  return new TypeError(`fetch failed${whoFailed(cause)}`, { cause })
}

/** The platform's own error shape for a body that breaks off. */
export function bodyTerminated(error: Error, reusedSocket: boolean): TypeError {
  return new TypeError('terminated', { cause: withProgress(error, { sent: true, reusedSocket }) })
}

/** An error with a code, for failures that the system has no error for. */
export function codedError(code: string, message: string): Error & { code: string } {
  return Object.assign(new Error(message), { code })
}

/** Who reads the error further up knows the server's name only. */
function whoFailed({ code, message, proxy }: UpstreamFailure): string {
  if (proxy === undefined) return ''
  return code.startsWith('ERR_PROXY_') ? `: the proxy ${proxy} ${message}` : ` at the proxy ${proxy}`
}

/** The end of a connection in the midst of an answer. */
export function connectionClosed(): Error {
  return codedError('ECONNRESET', 'the server closed the connection before its answer was complete')
}

function withProgress(error: Error, progress: RequestProgress): UpstreamFailure {
  const { code } = error as { code?: unknown }
  return Object.assign(error, { ...progress, code: typeof code === 'string' ? code : 'UND_ERR_SOCKET' })
}
