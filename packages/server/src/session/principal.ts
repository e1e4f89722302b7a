import { createHash } from 'node:crypto'
import type { AuthInfo } from '../sdk/sdk.js'

/**
 * Whom a verified token stands for: issuer and subject where the verifier put them into `authInfo.extra` (`iss` and `sub`,
 * RFC 9068), else the client id. undefined: nobody was verified.
 */
export function principalOf(authInfo: AuthInfo | undefined): string | undefined {
  if (authInfo === undefined) return undefined
  const { iss, issuer, sub, subject } = authInfo.extra ?? {}
  const [by, who] = [iss ?? issuer, sub ?? subject]
  if (typeof who === 'string') return JSON.stringify(['subject', typeof by === 'string' ? by : null, who])
  return JSON.stringify(['client', authInfo.clientId])
}

/** As it is stored and compared: of bounded length, and no user's name. */
export function principalHash(principal: string | undefined): string | null {
  if (principal === undefined) return null
  return createHash('sha256').update(`principal\0${principal}`).digest('base64url')
}
