import { codedError } from '../failure.js'

/** The proxy refused to connect to the server. */
const refusedCode = 'ERR_PROXY_CONNECT'
/** The proxy wants to know who asks. */
const authenticationCode = 'ERR_PROXY_AUTHENTICATION'

/** What a proxy answered instead of a connection. */
export interface ProxyRefusal {
  readonly status: number
  readonly statusText: string
}

/**
 * The failure for a proxy's refusal: no byte of the request has left it. `lasting` says that waiting won't help: the
 * proxy's 5xx, 408 and 429 are the server's outage or its own, anything else is its decision.
 */
export function proxyRefused({ status, statusText }: ProxyRefusal): Error & { code: string; lasting: boolean } {
  const answer = Number.isInteger(status) ? `${status}${statusText === '' ? '' : ` ${statusText}`}` : 'no HTTP answer'
  const [code, words] = explain(status, answer)
  const lasting = !(status >= 500 || status === 408 || status === 429)
  return Object.assign(codedError(code, words), { lasting })
}

function explain(status: number, answer: string): [string, string] {
  if (status === 407) {
    return [
      authenticationCode,
      `wants a user name and password (${answer}): put them into the proxy's URL, like http://user:password@proxy:3128`,
    ]
  }
  if (status === 502 || status === 503 || status === 504) {
    return [refusedCode, `could not reach the server (it answered ${answer})`]
  }
  if (status === 403) return [refusedCode, `does not allow connections to the server (it answered ${answer})`]
  return [refusedCode, `did not connect to the server (it answered ${answer})`]
}
