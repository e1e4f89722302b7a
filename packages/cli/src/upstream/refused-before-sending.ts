import { displayUrl } from '../log/display-url.js'
import { codedError } from './failure.js'
import { isTransportAllowed, whyNotHttp } from './plain-http.js'

/** Why an address is not asked at all, if so. Waiting won't help. */
export function refusedBeforeSending(url: URL, allowHttp: boolean): Error | undefined {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return lasting('ERR_UNSUPPORTED_SCHEME', `${url.protocol} is not http: or https:`)
  }
  if (isTransportAllowed(url, allowHttp)) return undefined
  return lasting('ERR_HTTP_NOT_ALLOWED', `${displayUrl(url)} is not encrypted: ${whyNotHttp}`)
}

function lasting(code: string, message: string): Error {
  return Object.assign(codedError(code, message), { lasting: true })
}
