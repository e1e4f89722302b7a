import { createHash, createPublicKey, verify } from 'node:crypto'
import type { JsonWebKey } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { AuthorizationServer } from './authorization-server.js'

interface Proof {
  readonly header: { readonly typ?: string; readonly alg?: string; readonly jwk?: JsonWebKey }
  readonly payload: { readonly htm?: string; readonly htu?: string; readonly jti?: string; readonly ath?: string }
}

/** Asks the authorization server about each token (RFC 7662), and believes no DPoP proof twice (RFC 9449, 4.3, 7.1). */
export class TokenCheck {
  readonly #authorizationServer: AuthorizationServer
  readonly #usedProofs = new Set<string>()

  constructor(authorizationServer: AuthorizationServer) {
    this.#authorizationServer = authorizationServer
  }

  async allows(request: IncomingMessage, resource: URL): Promise<boolean> {
    const [scheme, token] = (request.headers.authorization ?? '').split(' ')
    if (token === undefined) return false
    const { active, aud, token_type: type, cnf } = await this.#authorizationServer.introspect(token)
    if (!active || aud !== resource.href || scheme !== type) return false
    return scheme === 'Bearer' || this.#isProof(request, resource, token, cnf?.jkt)
  }

  /** Whether the token of a request has a scope. */
  async mayDo(request: IncomingMessage, scope: string): Promise<boolean> {
    const [, token = ''] = (request.headers.authorization ?? '').split(' ')
    const { scope: granted = '' } = await this.#authorizationServer.introspect(token)
    return granted.split(' ').includes(scope)
  }

  #isProof({ headers, method }: IncomingMessage, resource: URL, token: string, thumbprint?: string): boolean {
    const proof = headers.dpop
    if (typeof proof !== 'string') return false
    const { header, payload } = read(proof)
    const { jwk } = header
    if (header.typ !== 'dpop+jwt' || header.alg !== 'ES256' || !jwk || !isSigned(proof, jwk)) return false
    const { jti = '', htm, htu, ath } = payload
    const isFresh = !this.#usedProofs.has(jti)
    this.#usedProofs.add(jti)
    const { crv, kty, x, y } = jwk
    const isBound = sha256(JSON.stringify({ crv, kty, x, y })) === thumbprint
    return isFresh && isBound && htm === method && htu === resource.href && ath === sha256(token)
  }
}

function read(proof: string): Proof {
  const [header = '', payload = ''] = proof.split('.').map((part) => Buffer.from(part, 'base64url').toString('utf8'))
  return { header: JSON.parse(header) as Proof['header'], payload: JSON.parse(payload) as Proof['payload'] }
}

function isSigned(proof: string, jwk: JsonWebKey): boolean {
  const end = proof.lastIndexOf('.')
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  const signature = Buffer.from(proof.slice(end + 1), 'base64url')
  return verify('sha256', Buffer.from(proof.slice(0, end)), { key, dsaEncoding: 'ieee-p1363' }, signature)
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
