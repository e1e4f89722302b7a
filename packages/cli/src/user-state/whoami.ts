import { displayUrl } from '../log/display-url.js'
import { printable } from '../log/printable.js'
import { relativeTime } from './relative-time.js'
import type { StoredSignIn } from './stored-sign-in.js'

/** What is stored for a server, without any of its secrets. */
export interface WhoAmI {
  readonly server: string
  /** True when there are tokens, expired or not. */
  readonly signedIn: boolean
  readonly issuer?: string
  /** Who signed in, as the ID token says it (OpenID Connect Core, 2 and 5.1). Nobody has verified it here. */
  readonly subject?: string
  readonly name?: string
  readonly scopes?: readonly string[]
  /** ISO 8601. Absent when the authorization server has set no time. */
  readonly expiresAt?: string
  readonly expired?: boolean
  readonly refreshable?: boolean
  readonly client?: { readonly id: string; readonly hasSecret: boolean; readonly secretExpiresAt?: string }
  /** Issuers whose sign-ins are kept beside the one in use. */
  readonly otherIssuers?: readonly string[]
  /** Where it is stored. Absent when nothing is. */
  readonly file?: string
}

export interface WhoAmIFacts {
  readonly server: URL
  readonly file: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** `signIns` are all of one server, the one in use first. */
export function whoAmI([current, ...others]: readonly StoredSignIn[], { server, file, now }: WhoAmIFacts): WhoAmI {
  const tokens = current?.tokens
  const expiresAt = current && expiryOf(current)
  const subject = subjectOf(tokens?.id_token)
  const issuers = others.flatMap(({ issuer }) => (issuer === undefined ? [] : [issuer]))
  return {
    server: displayUrl(server),
    signedIn: tokens !== undefined,
    ...(current?.issuer === undefined ? {} : { issuer: current.issuer }),
    ...subject,
    ...(tokens?.scope === undefined ? {} : { scopes: tokens.scope.split(' ').filter((scope) => scope !== '') }),
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString(), expired: expiresAt <= now }),
    ...(tokens ? { refreshable: tokens.refresh_token !== undefined } : {}),
    ...(current?.clientInformation ? { client: clientOf(current.clientInformation) } : {}),
    ...(issuers.length === 0 ? {} : { otherIssuers: issuers }),
    ...(current ? { file } : {}),
  }
}

/** The same as lines for a terminal. */
export function whoAmILines(found: WhoAmI, now: number): string[] {
  const rows: [string, string | undefined][] = [
    ['issuer', found.issuer],
    ['subject', found.subject === undefined ? undefined : [found.subject, found.name].filter(Boolean).join(', ')],
    ['scopes', found.scopes?.join(' ')],
    ['expires', found.signedIn ? expiry(found, now) : undefined],
    ['refreshable', found.refreshable === undefined ? undefined : found.refreshable ? 'yes' : 'no'],
    ['client', found.client && clientText(found.client, now)],
    ['also stored', found.otherIssuers?.join(', ')],
    ['file', found.file],
  ]
  return [
    `${found.server}: ${found.signedIn ? 'signed in' : 'not signed in'}`,
    ...rows.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(12)} ${printable(value, 500)}`])),
  ]
}

function expiry({ expiresAt, expired, refreshable }: WhoAmI, now: number): string {
  if (expiresAt === undefined) return 'not said by the server'
  const when = `${expiresAt} (${relativeTime(Date.parse(expiresAt), now)})`
  if (!expired) return when
  return `${when}; ${refreshable ? 'it is refreshed when it is needed' : 'a new sign-in is needed'}`
}

function clientOf(client: NonNullable<StoredSignIn['clientInformation']>): NonNullable<WhoAmI['client']> {
  const { client_id: id, client_secret: secret, client_secret_expires_at: expires } = client
  return {
    id,
    hasSecret: secret !== undefined,
    // 0 stands for never (RFC 7591, 3.2.1).
    ...(typeof expires === 'number' && expires > 0 && isTime(expires * 1000)
      ? { secretExpiresAt: new Date(expires * 1000).toISOString() }
      : {}),
  }
}

function clientText({ id, hasSecret, secretExpiresAt }: NonNullable<WhoAmI['client']>, now: number): string {
  if (!hasSecret) return `${id} (no secret)`
  if (secretExpiresAt === undefined) return `${id} (with a secret)`
  return `${id} (with a secret; expires ${relativeTime(Date.parse(secretExpiresAt), now)})`
}

/** Who a JWT says it is about. Its signature is not looked at: this is for reading, and decides nothing. */
function subjectOf(idToken: string | undefined): { subject?: string; name?: string } {
  const payload = idToken?.split('.')[1]
  if (payload === undefined) return {}
  try {
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Record<string, unknown>
    const { sub, email, preferred_username: userName, name } = claims
    if (typeof sub !== 'string') return {}
    const known = [email, userName, name].find((one) => typeof one === 'string' && one !== sub)
    return { subject: sub, ...(typeof known === 'string' ? { name: known } : {}) }
  } catch {
    return {}
  }
}

function expiryOf({ tokens, obtainedAt }: StoredSignIn): number | undefined {
  if (tokens?.expires_in === undefined || obtainedAt === undefined) return undefined
  const time = obtainedAt + tokens.expires_in * 1000
  return isTime(time) ? time : undefined
}

/** Files and servers may say any number. */
function isTime(time: number): boolean {
  return !Number.isNaN(new Date(time).getTime())
}
