import type { FetchLike } from '@mcp-tether/client'
import { readBeginning } from '../bridge/read-text.js'
import { deadline } from '../time/deadline.js'
import { isLoopback } from './loopback.js'
import { SignInError } from './sign-in-error.js'

/** Metadata and tokens are a few kilobytes. */
const maxAnswerBytes = 1024 * 1024
/** Longest time for one request of a sign-in, its answer included. */
const requestTimeoutMs = 30_000

export interface OAuthFetchOptions {
  /** The MCP server. */
  readonly server: URL
  /** Sent with every request. */
  readonly headers: Headers
  /** Sent to the MCP server's own origin only: what it needs to let anybody in. */
  readonly serverHeaders: Headers
  readonly signal: AbortSignal
}

/**
 * A `fetch` for the requests of a sign-in, whose addresses come from others: it goes to `https:` only (OAuth 2.1, 1.5;
 * loopback and the server's own origin aside), reads answers whole, and bounds their size and time. What it refuses is a
 * TypeError, as what can't be reached is: anything else the SDK takes for metadata that are not there.
 */
export function oauthFetch(next: FetchLike, { server, headers, serverHeaders, signal }: OAuthFetchOptions): FetchLike {
  return async (url, init = {}) => {
    const target = new URL(url)
    const isOwn = target.origin === server.origin
    if (target.protocol !== 'https:' && !isOwn && !(target.protocol === 'http:' && isLoopback(target.hostname))) {
      throw refused(`sends the sign-in to ${target.protocol}//${target.host}, which is not https`)
    }
    const all = new Headers(init.headers)
    for (const [name, value] of [...headers, ...(isOwn ? serverHeaders : [])]) if (!all.has(name)) all.set(name, value)
    const limit = deadline(requestTimeoutMs, signal)
    try {
      const response = await next(target, { ...init, headers: all, signal: limit.signal })
      const { text, complete } = await readBeginning(response, maxAnswerBytes)
      if (!complete) throw refused(`${target.origin} answers with more than ${maxAnswerBytes} bytes`)
      const { status, statusText } = response
      return new Response(text === '' ? null : text, { status, statusText, headers: response.headers })
    } catch (error) {
      if (error instanceof TypeError) throw error
      throw new TypeError('fetch failed', { cause: error })
    } finally {
      limit.cancel()
    }
  }
}

function refused(words: string): TypeError {
  const message = `What the server says of its sign-in is not followed: it ${words}. Tell its operator.`
  return new TypeError(message, { cause: new SignInError('untrustworthy-metadata', message) })
}
