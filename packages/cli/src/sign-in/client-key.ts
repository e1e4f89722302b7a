import type { JsonWebKey, KeyObject } from 'node:crypto'

/** A private key that signs a client's assertions (RFC 7523, 2.2). */
export interface ClientKey {
  readonly key: JsonWebKey
  /** RFC 7518, 3.1. */
  readonly algorithm: string
}

/** Reads a private key in PEM or JWK form. Throws an Error that says what is wrong with it, and nothing that is in it. */
export function readClientKey(text: string): ClientKey {
  // Not imported above: most bridges have no such key, and it would be part of their start.
  const { createPrivateKey } = process.getBuiltinModule('node:crypto')
  const jwk = text.trimStart().startsWith('{') ? readJwk(text) : undefined
  let key: KeyObject
  try {
    key = jwk ? createPrivateKey({ key: jwk, format: 'jwk' }) : createPrivateKey(text)
  } catch {
    throw new Error('it is no private key in PEM or JWK form, or it has a passphrase')
  }
  return {
    key: key.export({ format: 'jwk' }),
    algorithm: typeof jwk?.alg === 'string' ? jwk.alg : algorithmOf(key),
  }
}

function readJwk(text: string): JsonWebKey & { readonly alg?: unknown } {
  try {
    return JSON.parse(text) as JsonWebKey
  } catch {
    throw new Error('it is no valid JSON')
  }
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  if (asymmetricKeyType === 'rsa') return 'RS256'
  if (asymmetricKeyType === 'ed25519') return 'EdDSA'
  const curves: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' }
  const algorithm = curves[asymmetricKeyDetails?.namedCurve ?? '']
  if (algorithm === undefined)
    throw new Error(`a key of this kind (${asymmetricKeyType ?? 'unknown'}) signs no assertions`)
  return algorithm
}
