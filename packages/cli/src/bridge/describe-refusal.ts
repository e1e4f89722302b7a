import { displayUrl } from '../log/display-url.js'
import { printable } from '../log/printable.js'
import { redact } from './redact.js'

/** What a user can do where the server wants a sign-in. */
export const signInAdvice =
  'It wants a sign-in: check the token in --header, or leave it out, so that the bridge signs in by itself.'

/** An HTTP answer that is no MCP answer, in words. */
export interface Refusal {
  readonly status: number
  /** "404 Not Found (text/html)" */
  readonly answer: string
  /** What the server said about it, when it said it in plain words; secrets masked. */
  readonly quote: string
  /** What a user can do about it. */
  readonly advice: string
}

export function describeRefusal(response: Response, body: string, secrets: Iterable<string | undefined>): Refusal {
  const { status } = response
  const type = contentType(response)
  const answer = `${status}${response.statusText === '' ? '' : ` ${redact(response.statusText)}`}`
  return {
    status,
    answer: type === '' ? answer : `${answer} (${redact(type)})`,
    // A page's markup says nothing to anybody here.
    quote: type === 'text/html' ? '' : redact(body, secrets),
    advice: adviceFor(response),
  }
}

/** The media type of an answer, without parameters. */
export function contentType(response: Response): string {
  return (response.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

function adviceFor(response: Response): string {
  const { status } = response
  const location = redirectTarget(response)
  if (location !== undefined) return `It has moved: use ${location} instead.`
  if (status === 401) return signInAdvice
  if (status === 403) return 'Check that the token given with --header may use this server.'
  if (status === 405) return 'This address takes no messages: it may speak the old HTTP+SSE transport only.'
  if (status === 429 || status >= 500) return 'It is not ready: try again in a moment.'
  return 'Check the path; most servers use /mcp.'
}

function redirectTarget(response: Response): string | undefined {
  const location = response.headers.get('location')
  if (response.status < 300 || response.status > 399 || location === null) return undefined
  const base = response.url === '' ? undefined : response.url
  if (!URL.canParse(location, base)) return undefined
  const target = new URL(location, base)
  target.search = ''
  return printable(displayUrl(target))
}
