import type { FetchLike } from '@mcp-tether/client'
import type { CookieKeeper } from './cookie-keeper.js'

/**
 * Keeps the cookies that servers set, in memory, and sends them back (RFC 6265): load balancers find the replica by
 * them that holds a session. What keeps them is loaded when the first one comes. A cookie that the caller sends itself
 * stands, in front of ours.
 */
export function withCookies(next: FetchLike): FetchLike {
  let keeper: Promise<CookieKeeper> | undefined
  const keep = async (response: Response, input: string | URL): Promise<Response> => {
    keeper ??= load()
    await (await keeper).keep(response.headers.getSetCookie(), new URL(input))
    return response
  }
  const send = async (input: string | URL, init?: RequestInit): Promise<Response> => {
    const response = await next(input, keeper ? await withKept(await keeper, input, init) : init)
    return response.headers.has('set-cookie') ? keep(response, input) : response
  }
  return send
}

async function load(): Promise<CookieKeeper> {
  const { CookieKeeper } = await import('./cookie-keeper.js')
  return new CookieKeeper()
}

async function withKept(keeper: CookieKeeper, input: string | URL, init: RequestInit = {}): Promise<RequestInit> {
  const headers = new Headers(init.headers)
  const own = headers.get('cookie') ?? undefined
  const cookies = await keeper.cookiesFor(new URL(input), namesIn(own))
  if (cookies === '') return init
  headers.set('cookie', own === undefined ? cookies : `${own}; ${cookies}`)
  return { ...init, headers }
}

function namesIn(header: string | undefined): ReadonlySet<string> {
  const pairs = (header ?? '').split(';')
  return new Set(pairs.map((pair) => pair.slice(0, Math.max(pair.indexOf('='), 0)).trim()))
}
