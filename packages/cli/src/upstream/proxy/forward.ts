import type { OutgoingHttpHeaders, RequestOptions } from 'node:http'
import type { Proxy } from './choose-proxy.js'

/** What to ask a proxy that is to fetch an http: address itself (RFC 9112, 3.2.2: the request names the whole of it). */
export function forwarded(target: URL, headers: OutgoingHttpHeaders, proxy: Proxy): RequestOptions {
  const address = new URL(target)
  address.username = address.password = address.hash = ''
  const credentials = proxyAuthorization(proxy)
  return {
    protocol: proxy.url.protocol,
    hostname: proxy.url.hostname.replace(/^\[|\]$/g, ''),
    port: proxy.url.port === '' ? (proxy.url.protocol === 'https:' ? 443 : 80) : Number(proxy.url.port),
    path: address.href,
    headers: {
      ...headers,
      host: target.host,
      ...(credentials === undefined ? {} : { 'proxy-authorization': credentials }),
    },
  }
}

function proxyAuthorization({ url: { username, password } }: Proxy): string | undefined {
  if (username === '' && password === '') return undefined
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return `Basic ${Buffer.from(pair).toString('base64')}`
}
