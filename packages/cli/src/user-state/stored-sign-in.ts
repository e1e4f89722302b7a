import type { OAuthClientInformationMixed, OAuthDiscoveryState, OAuthTokens } from '@modelcontextprotocol/client'

/** What is kept of a sign-in: enough to go on without the user. */
export interface StoredSignIn {
  readonly version: 1
  /** Address of the MCP server. */
  readonly server: string
  /** The authorization server that the registration and the tokens are of: its `issuer` (RFC 8414, section 2). */
  readonly issuer?: string
  /** Tells several sign-ins to one server apart: what each of them was asked for. */
  readonly account?: string
  readonly clientInformation?: OAuthClientInformationMixed
  readonly tokens?: OAuthTokens
  /** When the tokens were obtained, in milliseconds since the epoch: `expires_in` counts from then. */
  readonly obtainedAt?: number
  readonly discovery?: OAuthDiscoveryState
}

/** The file of one server. */
export interface SignInFile {
  readonly version: 1
  readonly server: string
  /** One for each authorization server, the one in use first. */
  readonly signIns: readonly StoredSignIn[]
}

/** Reads the text of a credential file. Throws an Error whose message says what is wrong, and nothing that is in it. */
export function parseSignInFile(text: string, server: string | undefined): SignInFile {
  let file: unknown
  try {
    file = JSON.parse(text)
  } catch {
    throw new Error(text.trim() === '' ? 'it is empty' : 'it is no valid JSON (cut off, perhaps)')
  }
  const { version, server: named, signIns } = fields(file, 'it')
  if (typeof version === 'number' && version > 1)
    throw new Error(`it was written by a newer mcp-tether (version ${version})`)
  if (version !== 1 || typeof named !== 'string' || !Array.isArray(signIns)) {
    throw new Error('it is no credential file of mcp-tether')
  }
  if (server !== undefined && named !== server) throw new Error('it holds the credentials of another server')
  for (const one of signIns) checkSignIn(one, named)
  return file as SignInFile
}

function checkSignIn(value: unknown, server: string): void {
  const signIn = fields(value, 'a sign-in')
  if (signIn.version !== 1 || signIn.server !== server) throw new Error('a sign-in in it is of another server')
  expectOptional(signIn, 'issuer', 'string')
  expectOptional(signIn, 'account', 'string')
  expectOptional(signIn, 'obtainedAt', 'number')
  if (signIn.discovery !== undefined) fields(signIn.discovery, 'discovery')
  if (signIn.clientInformation !== undefined) {
    const client = fields(signIn.clientInformation, 'clientInformation')
    expectText(client, 'client_id')
    expectOptional(client, 'client_secret', 'string')
  }
  if (signIn.tokens !== undefined) {
    const tokens = fields(signIn.tokens, 'tokens')
    expectText(tokens, 'access_token')
    expectText(tokens, 'token_type')
    for (const name of ['refresh_token', 'id_token', 'scope']) expectOptional(tokens, name, 'string')
    expectOptional(tokens, 'expires_in', 'number')
  }
}

function fields(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new Error(`${name} is no JSON object`)
}

function expectText(object: Record<string, unknown>, name: string): void {
  if (typeof object[name] !== 'string' || object[name] === '') throw new Error(`it has no ${name}`)
}

function expectOptional(object: Record<string, unknown>, name: string, type: 'string' | 'number'): void {
  if (object[name] !== undefined && typeof object[name] !== type) throw new Error(`its ${name} is no ${type}`)
}
