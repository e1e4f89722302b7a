import type { OAuthDiscoveryState } from '@modelcontextprotocol/client'
import { issuerOf } from './draft.js'

/** Whether a credential is the authorization server's that was discovered: it is sent to no other (RFC 9700, 4.4). */
export function isFor(credential: { readonly issuer?: string | undefined }, discovery: OAuthDiscoveryState): boolean {
  return credential.issuer === undefined || withoutSlash(credential.issuer) === withoutSlash(issuerOf(discovery))
}

function withoutSlash(issuer: string): string {
  return issuer.endsWith('/') ? issuer.slice(0, -1) : issuer
}
