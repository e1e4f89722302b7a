/** A request that got no HTTP answer, in words. */
export interface FailureDescription {
  /** The system's code, when there is one. */
  readonly code: string | undefined
  /** Starts a sentence: "connection refused (ECONNREFUSED)". */
  readonly words: string
  /** False when it is certain that nothing was sent. */
  readonly maybeSent: boolean
}

const wordsOf: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'the network is unreachable',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be looked up',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'the connection timed out',
  UND_ERR_SOCKET: 'the connection was closed without an answer',
  UND_ERR_HEADERS_TIMEOUT: 'no answer came within --headers-timeout',
  UND_ERR_BODY_TIMEOUT: 'the stream brought nothing for --idle-timeout',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'it wants a client certificate: give one with --cert and --key',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate chain is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate could not be verified',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  EPROTO: 'it does not speak TLS here',
}

/** Reads what a fetch threw: a TypeError whose cause is the system's error. */
export function describeFailure(error: unknown): FailureDescription {
  const cause = error instanceof Error ? error.cause : undefined
  const { code, sent, proxy } = (cause ?? {}) as { code?: unknown; sent?: unknown; proxy?: unknown }
  const name = typeof code === 'string' ? code : undefined
  const known = name === undefined ? undefined : wordsOf[name]
  const fallback = cause instanceof Error ? cause.message : error instanceof Error ? error.message : String(error)
  const what = atProxy(known ?? (fallback || 'the request failed'), name, proxy)
  return {
    code: name,
    words: `${what}${name === undefined ? '' : ` (${name})`}`,
    maybeSent: sent !== false,
  }
}

/** Who reads only the server's name would look for the mistake there. */
function atProxy(words: string, code: string | undefined, proxy: unknown): string {
  if (typeof proxy !== 'string') return words
  return code?.startsWith('ERR_PROXY_') ? `the proxy ${proxy} ${words}` : `${words}, at the proxy ${proxy}`
}

/** The sentence for a request that did not get through, or that may be repeated all the same. */
export function unreachable(url: URL, words: string, method: string, maybeSent: boolean): string {
  const sent = maybeSent ? '' : `${method} was not sent. `
  return `The MCP server at ${url.host} can't be reached: ${words}. ${sent}It is safe to try again later.`
}
