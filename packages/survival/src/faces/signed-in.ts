import type { Tokens } from './face.js'

const redirectUrl = 'http://127.0.0.1/signed-in'

/**
 * A client that has signed in before, in the interface that the SDKs share: it keeps its tokens, lets the SDK refresh
 * them, and has no user who could sign in anew.
 */
export function signedIn({ access, refresh, issuer, tokenEndpoint }: Tokens) {
  let tokens: KeptTokens = { access_token: access, refresh_token: refresh, token_type: 'Bearer', issuer }
  return {
    redirectUrl,
    clientMetadata: { client_name: 'survivor', redirect_uris: [redirectUrl] },
    clientInformation: () => ({ client_id: 'survivor', issuer }),
    authorizationServerInformation: () => ({ issuer, authorizationServerUrl: issuer, tokenEndpoint }),
    tokens: () => tokens,
    saveTokens: (fresh: KeptTokens) => {
      tokens = fresh
    },
    redirectToAuthorization: () => {
      throw new Error('nobody is there to sign in')
    },
    saveCodeVerifier: () => undefined,
    codeVerifier: () => 'a verifier that nobody asks for',
  }
}

interface KeptTokens {
  access_token: string
  refresh_token?: string
  token_type: string
  issuer?: string
}
