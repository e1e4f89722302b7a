import type { OutgoingHttpHeaders, RequestOptions } from 'node:http'
import { urlToHttpOptions } from 'node:url'

/** What is the same for every request to one address. */
export interface RequestTarget {
  readonly options: Pick<RequestOptions, 'protocol' | 'hostname' | 'port' | 'path'>
  /** The `Host` header. */
  readonly host: string
  /** What the address itself says about who asks. */
  readonly authorization: string | undefined
}

/** Where `node:http` has to connect to, and what it has to ask for. It would take the address apart for each request. */
export function requestTarget(url: URL): RequestTarget {
  const { protocol, hostname, port, path, auth } = urlToHttpOptions(url)
  return {
    options: { protocol, hostname, path, ...(port === undefined ? {} : { port }) },
    host: url.host,
    authorization: auth ? `Basic ${Buffer.from(auth).toString('base64')}` : undefined,
  }
}

/** The headers as they are written: name, value, name, value … `node:http` looks at each of them once only, then. */
export function rawHeaders(headers: OutgoingHttpHeaders, { host, authorization }: RequestTarget): string[] {
  const raw = ['host', host]
  for (const name in headers) raw.push(name, String(headers[name]))
  if (authorization !== undefined && headers.authorization === undefined) raw.push('authorization', authorization)
  return raw
}
