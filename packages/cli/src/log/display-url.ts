import { looksSecret } from './mask-tokens.js'

/** An address fit for a log: no credentials, no query, and of the path no part that is a key (some servers do that). */
export function displayUrl(url: URL): string {
  const path = url.pathname.split('/').map((segment) => (looksSecret(segment) ? '…' : segment))
  return `${url.protocol}//${url.host}${path.join('/')}${url.search === '' ? '' : '?…'}`
}
