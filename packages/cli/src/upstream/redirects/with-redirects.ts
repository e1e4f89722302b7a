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
  const follow = async (answer: Response, input: string | URL, init: RequestInit): Promise<Response> => {
    const method = (init.method ?? 'GET').toUpperCase()
    let current = input
    let response = answer
    for (let followed = 0; isRedirect(response) && followed < maxRedirects; followed++) {
      const target = redirectTarget({
        status: response.status,
        location: response.headers.get('location'),
        from: new URL(current),
        method,
        isPublic: isPublic(init, method),
      })
      if (!target) break
      await response.body?.cancel()
      current = target
      response = await next(current, init)
    }
    return response
  }
  return async (input, init = {}) => {
    const response = await next(input, init)
    const mayFollow = (init.redirect ?? 'follow') === 'follow' && !(init.body instanceof ReadableStream)
    return isRedirect(response) && mayFollow ? follow(response, input, init) : response
  }
}

function isRedirect({ status }: Response): boolean {
  return status >= 300 && status <= 399
}

function isPublic({ headers, body }: RequestInit, method: string): boolean {
  if ((method !== 'GET' && method !== 'HEAD') || (body !== undefined && body !== null)) return false
  return [...new Headers(headers).keys()].every((name) => publicHeaders.has(name))
}
