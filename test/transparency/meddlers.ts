import type { FetchLike } from '@mcp-tether/client'
import type { Recording } from './record.js'

/** A middleware that is not invisible, and where that shows. */
interface Meddler {
  readonly what: string
  readonly middleware: (next: FetchLike) => FetchLike
  readonly shows: readonly (keyof Recording)[]
}

const isCall = (init?: RequestInit): init is RequestInit & { body: string } =>
  typeof init?.body === 'string' && init.body.includes('"tools/call"')

/** Replaces the body of a response. */
function withText(response: Response, body: string): Response {
  return new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers })
}

/** One small liberty each: a comparison that does not see them is worth nothing. */
export const meddlers: readonly Meddler[] = [
  {
    what: 'adds a request header',
    middleware: (next) => (url, init) => {
      const headers = new Headers(init?.headers)
      if (isCall(init)) headers.set('x-meddled', '1')
      return next(url, { ...init, headers })
    },
    shows: ['wire'],
  },
  {
    what: 'changes the order of request headers',
    middleware: (next) => (url, init) =>
      next(url, isCall(init) ? { ...init, headers: [...new Headers(init.headers)] } : init),
    shows: ['wire'],
  },
  {
    what: 're-encodes a request body',
    middleware: (next) => (url, init) =>
      next(url, isCall(init) ? { ...init, body: JSON.stringify(JSON.parse(init.body), null, 1) } : init),
    shows: ['wire'],
  },
  {
    what: 'sends a request of its own',
    middleware: (next) => async (url, init) => {
      if (isCall(init)) await (await next(url, { ...init, body: '{"jsonrpc":"2.0","id":"x","method":"ping"}' })).text()
      return next(url, init)
    },
    shows: ['wire'],
  },
  {
    what: 'adds a response header',
    middleware: (next) => async (url, init) => {
      const response = await next(url, init)
      if (!isCall(init)) return response
      const headers = new Headers(response.headers)
      headers.set('x-meddled', '1')
      return new Response(response.body, { status: response.status, statusText: response.statusText, headers })
    },
    shows: ['answers'],
  },
  {
    what: 're-encodes an event stream',
    middleware: (next) => async (url, init) => {
      const response = await next(url, init)
      if (!isCall(init) || !init.body.includes('"count"')) return response
      return withText(response, (await response.text()).replaceAll('event: message\n', ''))
    },
    shows: ['answers'],
  },
  {
    what: 'loses a notification',
    middleware: (next) => async (url, init) => {
      const response = await next(url, init)
      if (!isCall(init) || !init.body.includes('"count"')) return response
      return withText(response, (await response.text()).replace(/event: message\ndata: .*progress.*\n\n/, ''))
    },
    shows: ['answers', 'host'],
  },
]
