import type { FetchLike } from '@mcp-tether/client'
import { redirectTarget } from './redirect-decision.js'

/** Servers redirect once, some twice (https:, then a slash). */
const maxRedirects = 5

/** Headers that say nothing about who asks. Any other may be a credential. */
const publicHeaders: ReadonlySet<string> = new Set(['accept', 'content-type', 'mcp-protocol-version', 'user-agent'])

/**
 * Follows redirects as {@link redirectTarget} decides. One that is not followed is returned as it is, so that its
 * address can be shown; so is any where the caller asks for that (`redirect: 'manual'` or `'error'`).
 */
export function withRedirects(next: FetchLike): FetchLike {
  return async (input, init = {}) => {
    const mode = init.redirect ?? 'follow'
    if (mode !== 'follow' || init.body instanceof ReadableStream) return next(input, init)
    const method = (init.method ?? 'GET').toUpperCase()
    let current = input
    for (let followed = 0; ; followed++) {
      const response = await next(current, init)
      if (response.status < 300 || response.status > 399 || followed === maxRedirects) return response
      const target = redirectTarget({
        status: response.status,
        location: response.headers.get('location'),
        from: new URL(current),
        method,
        isPublic: isPublic(init, method),
      })
      if (!target) return response
      await response.body?.cancel()
      current = target
    }
  }
}

function isPublic({ headers, body }: RequestInit, method: string): boolean {
  if ((method !== 'GET' && method !== 'HEAD') || (body !== undefined && body !== null)) return false
  return [...new Headers(headers).keys()].every((name) => publicHeaders.has(name))
}
