import { randomBytes } from 'node:crypto'
import { auth, type FetchLike, type OAuthDiscoveryState } from '@modelcontextprotocol/client'
import { printable } from '../log/printable.js'
import type { CallbackPage } from './callback-page.js'
import { callbackPorts } from './callback-port.js'
import { CallbackServer } from './callback-server.js'
import { isClientKnown } from './client-check.js'
import type { Draft } from './draft.js'
import type { SignInEnvironment } from './environment.js'
import { isLoopback } from './loopback.js'
import { TetherOAuthProvider } from './oauth-provider.js'
import { refusedAuthorization } from './refused-authorization.js'
import { SignInError } from './sign-in-error.js'
import { coversScope } from './token-of.js'

export interface FlowOptions {
  readonly environment: SignInEnvironment
  readonly draft: Draft
  readonly discovery: OAuthDiscoveryState
  /** What to ask for; what the server's metadata name if absent. */
  readonly scope: string | undefined
  readonly fetchFn: FetchLike
  readonly signal: AbortSignal
}

/** The authorization code grant with PKCE, in the user's browser (OAuth 2.1, 4.1; RFC 8252). */
export async function browserFlow(
  { environment, draft, discovery, scope, fetchFn, signal }: FlowOptions,
  opensBrowser: boolean,
): Promise<void> {
  const { server, settings, log, version } = environment
  const {
    clientInfo,
    clientMetadataUrl,
    callbackPort,
    callbackHost = '127.0.0.1',
    callbackPath = '/callback',
  } = settings
  const state = randomBytes(32).toString('base64url')
  const callbackServer = await CallbackServer.listen({
    ports: callbackPorts(server, {
      port: callbackPort,
      mustBeTheSame: !!clientInfo || clientMetadataUrl !== undefined,
    }),
    host: callbackHost,
    path: callbackPath,
    state,
  })
  try {
    const { redirectUrl } = callbackServer
    const grantTypes = ['authorization_code', 'refresh_token']
    const provider = new TetherOAuthProvider({ draft, settings, discovery, redirectUrl, state, grantTypes, version })
    if (!clientInfo && !(await isStillRegistered({ draft, discovery, redirectUrl, scope, fetchFn })))
      draft.client = undefined
    const options = { serverUrl: server, fetchFn, ...(scope === undefined ? {} : { scope }) }
    await auth(provider, { ...options, forceReauthorization: true })
    const url = authorizationUrl(provider.authorizationUrl, settings.authorizeParams ?? [])
    await show(environment, url, opensBrowser)

    const callback = await callbackServer.answered(signal)
    let page: CallbackPage = failurePage
    try {
      const code = callback.params.get('code')
      if (code === null) throw refusedAuthorization(callback.params)
      const iss = callback.params.get('iss')
      await auth(provider, { ...options, authorizationCode: code, ...(iss === null ? {} : { iss }) })
      rememberScope(draft, url.searchParams.get('scope'))
      page = successPage(server)
    } finally {
      await callback.respond(page)
    }
    log.info(`signed in to ${server.host}`)
  } finally {
    callbackServer.close()
  }
}

/** Whether the registration that is stored can be used for this redirect URI and scope, and the server still has it. */
async function isStillRegistered(
  facts: Pick<FlowOptions, 'draft' | 'discovery' | 'scope' | 'fetchFn'> & { readonly redirectUrl: string },
): Promise<boolean> {
  const { client } = facts.draft
  if (!client) return true
  const { redirect_uris: uris, scope } = client as { redirect_uris?: unknown; scope?: unknown }
  if (Array.isArray(uris) && !uris.includes(facts.redirectUrl)) return false
  // Some servers hold a client to the scope that it has registered with (RFC 7591, 2).
  if (typeof scope === 'string' && !coversScope(scope, facts.scope)) return false
  return isClientKnown({ ...facts, client })
}

/** Where the user is sent. Whoever names it is believed about everything but the kind of address. */
function authorizationUrl(url: URL | undefined, more: readonly (readonly [string, string])[]): URL {
  if (!url) throw new SignInError('authorization-server-refused', 'The authorization server was asked, and no user.')
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    const what = `${url.protocol}//${url.host}`
    throw new SignInError(
      'untrustworthy-metadata',
      `Its sign-in page is at ${printable(what, 80)}, which is not https, and is not opened. Tell its operator.`,
    )
  }
  for (const [name, value] of more) url.searchParams.set(name, value)
  return url
}

async function show({ server, log, openBrowser }: SignInEnvironment, url: URL, opensBrowser: boolean): Promise<void> {
  const how = opensBrowser ? 'a browser is being opened; if none appears, open' : 'open'
  log.warn(`${server.host} wants a sign-in: ${how} ${url.href}`)
  if (!opensBrowser) return
  try {
    await openBrowser(url.href)
  } catch (error) {
    log.warn(`no browser could be opened: ${printable(error instanceof Error ? error.message : String(error))}`)
  }
}

/** An answer without `scope` has granted what was asked for (RFC 6749, 5.1). */
function rememberScope(draft: Draft, asked: string | null): void {
  const { tokens } = draft
  if (tokens && tokens.scope === undefined && asked !== null) draft.tokens = { ...tokens, scope: asked }
}

function successPage({ host }: URL): CallbackPage {
  const text = `MCP Tether is signed in to ${host}. You can close this window and go back to your application.`
  return { status: 200, title: 'Signed in', text }
}

const failurePage: CallbackPage = {
  status: 400,
  title: 'Not signed in',
  text: 'The sign-in was not completed. Close this window and go back to your application: it has been told why, and calling the tool again starts over.',
}
