import { withCookies } from './cookies/with-cookies.js'
import { createUpstreamFetch, type Upstream, type UpstreamOptions } from './create-upstream-fetch.js'
import { withRedirects } from './redirects/with-redirects.js'

/** Everything below the engine: connections, proxies, certificates, limits, then cookies, then redirects. */
export function createUpstream(options: UpstreamOptions): Upstream {
  const { fetch, close } = createUpstreamFetch(options)
  return { fetch: withRedirects(withCookies(fetch)), close }
}
