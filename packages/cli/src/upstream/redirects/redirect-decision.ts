/** Everything that decides whether a redirect is followed, as plain data. */
export interface Redirect {
  readonly status: number
  /** `Location` as it came. */
  readonly location: string | null
  /** The address that answered. */
  readonly from: URL
  readonly method: string
  /** The request carries nothing but what anybody may know: no credentials, no session, no body. */
  readonly isPublic: boolean
}

const statuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/**
 * Where a redirect is followed to; `undefined` where it is not, so that the caller sees it. As the official SDKs do:
 * within the origin, and only where the method stays what it is (a POST answered 301, 302 or 303 may have been
 * executed, and would become a GET). http: to https: of one host counts as one origin. A request that carries nothing
 * secret (the metadata of a sign-in) is followed elsewhere too, but never from https: to http:.
 */
export function redirectTarget({ status, location, from, method, isPublic }: Redirect): URL | undefined {
  if (!statuses.has(status) || location === null || !URL.canParse(location, from.href)) return undefined
  const target = new URL(location, from)
  const keepsMethod = status === 307 || status === 308 || method === 'GET' || method === 'HEAD'
  const hasCredentials = target.username !== '' || target.password !== ''
  if (!keepsMethod || hasCredentials || (target.protocol !== 'https:' && target.protocol !== 'http:')) return undefined
  if (from.protocol === 'https:' && target.protocol === 'http:') return undefined
  return isSameServer(from, target) || isPublic ? target : undefined
}

function isSameServer(from: URL, to: URL): boolean {
  if (from.origin === to.origin) return true
  const isUpgrade = from.protocol === 'http:' && to.protocol === 'https:' && from.port === '' && to.port === ''
  return isUpgrade && from.hostname === to.hostname
}
