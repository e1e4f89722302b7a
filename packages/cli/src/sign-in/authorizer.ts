import {
  computeScopeUnion,
  extractWWWAuthenticateParams,
  RegistrationRejectedError,
} from '@modelcontextprotocol/client'
import type { OAuthDiscoveryState } from '@modelcontextprotocol/client'
import type { StoredSignIn } from '../user-state/stored-sign-in.js'
import { type AccessToken, freshness } from './access-token.js'
import { browserFlow, type FlowOptions } from './browser-flow.js'
import { clientCredentialsFlow } from './client-credentials-flow.js'
import { describeSignInFailure } from './describe-failure.js'
import { deviceAuthorizationEndpoint } from './device-authorization.js'
import { deviceFlow } from './device-flow.js'
import { discover } from './discover.js'
import { Draft } from './draft.js'
import type { SignInEnvironment } from './environment.js'
import type { Need } from './need.js'
import { oauthFetch } from './oauth-fetch.js'
import { refresh } from './refresh.js'
import { noBrowser, noDeviceCode, noToken, notOffered, scopeNotGranted } from './refusals.js'
import { SignInError } from './sign-in-error.js'
import { signInWay } from './sign-in-way.js'
import { coversScope, storedToken } from './token-of.js'

/**
 * Gets another token, by the least that will do: what another process has stored meanwhile, the refresh token, the user.
 * All of it happens under the store's lock, so that of several bridges for one server one signs in, and the others take
 * what it got.
 *
 * @throws SignInError
 */
export async function authorize(environment: SignInEnvironment, need: Need, signal: AbortSignal): Promise<AccessToken> {
  const { server, settings, store, log } = environment
  try {
    const fetchFn = fetchFor(environment, signal)
    if (settings.clientCredentials === true) return await asClient(environment, need, fetchFn)
    const useIdToken = settings.useIdToken ?? false
    let token: AccessToken | undefined
    let failure: SignInError | undefined
    const change = async (current: StoredSignIn | undefined): Promise<StoredSignIn> => {
      const found = current && storedToken(current, { origin: 'stored', useIdToken })
      if (current && found && suffices(found, current, need)) {
        token = found
        return current
      }
      const draft = new Draft(current, server)
      try {
        const origin = await obtain({ environment, need, draft, fetchFn, signal })
        token = storedToken(draft.value, { origin, useIdToken })
      } catch (error) {
        // What was learnt on the way is stored all the same: a registration, a refresh token that is worth nothing.
        failure = describeSignInFailure(error)
      }
      return draft.value
    }
    await store.update(server, change, signal).catch((error: unknown) => {
      if (!token) throw error
      const { message } = describeSignInFailure(error)
      log.warn(`the sign-in could not be stored, so that it ends with this process: ${message}`)
    })
    if (failure) throw failure
    if (!token) throw noToken(useIdToken)
    return token
  } catch (error) {
    // Whoever gave up knows why.
    signal.throwIfAborted()
    throw describeSignInFailure(error)
  }
}

function fetchFor({ fetch, server, headers, version }: SignInEnvironment, signal: AbortSignal): typeof fetch {
  const own = new Headers({ 'user-agent': headers.get('user-agent') ?? `mcp-tether/${version}` })
  return oauthFetch(fetch, { server, headers: own, serverHeaders: headers, signal })
}

/** Whether a token that is stored will do, because somebody else has got it meanwhile. */
function suffices(found: AccessToken, { tokens }: StoredSignIn, need: Need): boolean {
  if (need.why === 'insufficient-scope') {
    return found.value !== need.instead && coversScope(tokens?.scope, challengedScope(need))
  }
  return found.value !== need.instead && freshness(found, Date.now()) !== 'expired'
}

interface Obtaining extends Omit<FlowOptions, 'discovery' | 'scope'> {
  readonly need: Need
}

async function obtain({ environment, need, draft, fetchFn, signal }: Obtaining): Promise<AccessToken['origin']> {
  const { settings } = environment
  const isMore = need.why === 'insufficient-scope'
  // A renewed token may do no more than the one before (RFC 6749, 6).
  if (!isMore && need.mustAskUser !== true && draft.tokens?.refresh_token !== undefined) {
    const renewed = (discovery: OAuthDiscoveryState) => refresh({ draft, settings, discovery, fetchFn, signal })
    if (await withDiscovery(renewed, draft, () => discover(environment, need, fetchFn))) return 'renewed'
  }
  if (!need.mayAskUser) throw new SignInError('user-needed', 'The user has to sign in. Call a tool to be asked.')
  const wanted = challengedScope(need)
  if (isMore && draft.tokens && need.instead === draft.tokens.access_token && coversScope(draft.tokens.scope, wanted)) {
    throw scopeNotGranted(wanted)
  }
  const discovery = await discover(environment, need, fetchFn)
  const before = isMore ? draft.tokens?.scope : undefined
  const scope = computeScopeUnion(before, settings.scope, wanted)
  const attempt = new Draft(draft.value, environment.server)
  attempt.discovery = discovery
  try {
    await askUser({ environment, draft: attempt, discovery, scope, fetchFn, signal })
  } catch (error) {
    // A registration is kept for the next time, unless it would part what there is of a sign-in from its own.
    if (!draft.tokens) draft.adopt(attempt)
    throw error
  }
  draft.adopt(attempt)
  const granted = draft.tokens?.scope
  if (isMore && granted !== undefined && !coversScope(granted, wanted)) throw scopeNotGranted(wanted)
  return 'user'
}

/**
 * What was discovered before saves requests, but an authorization server may have moved since: when it does not answer
 * as one, and is found elsewhere, it is asked there.
 */
async function withDiscovery(
  renew: (discovery: OAuthDiscoveryState) => Promise<boolean>,
  draft: Draft,
  discoverAnew: () => Promise<OAuthDiscoveryState>,
): Promise<boolean> {
  const known = draft.discovery
  if (!known) return renew(await discoverAnew())
  try {
    return await renew(known)
  } catch (error) {
    const found = await discoverAnew().catch(() => known)
    if (tokenEndpoint(found) === tokenEndpoint(known)) throw error
    if (!(await renew(found))) return false
    draft.discovery = found
    return true
  }
}

function tokenEndpoint({ authorizationServerUrl, authorizationServerMetadata }: OAuthDiscoveryState): string {
  return authorizationServerMetadata?.token_endpoint ?? authorizationServerUrl
}

async function askUser(flow: FlowOptions): Promise<void> {
  const { environment, discovery, fetchFn } = flow
  const { settings, platform, variables } = environment
  const endpoint = await deviceAuthorizationEndpoint(discovery, fetchFn)
  const { browser, deviceCode } = settings
  const way = signInWay({ platform, environment: variables, browser, deviceCode, deviceCodeOffered: !!endpoint })
  try {
    if (way === 'none') throw noBrowser()
    if (way !== 'device-code') await browserFlow(flow, way === 'browser')
    else if (endpoint) await deviceFlow({ ...flow, endpoint })
    else throw noDeviceCode()
  } catch (error) {
    const isGuess = !discovery.authorizationServerMetadata && !discovery.resourceMetadata
    if (isGuess && error instanceof RegistrationRejectedError) throw notOffered()
    throw error
  }
}

async function asClient(
  environment: SignInEnvironment,
  need: Need,
  fetchFn: FlowOptions['fetchFn'],
): Promise<AccessToken> {
  const { server, settings } = environment
  const discovery: OAuthDiscoveryState = await discover(environment, need, fetchFn)
  const scope = computeScopeUnion(settings.scope, challengedScope(need))
  const tokens = await clientCredentialsFlow({ server, settings, discovery, scope, fetchFn })
  const obtainedAt = Date.now()
  const useIdToken = settings.useIdToken ?? false
  const token = storedToken({ version: 1, server: server.href, tokens, obtainedAt }, { origin: 'user', useIdToken })
  if (!token) throw noToken(useIdToken)
  // Its own credentials are all that the client needs for another one.
  return { ...token, renewable: true }
}

function challengedScope({ response }: Need): string | undefined {
  return response ? extractWWWAuthenticateParams(response).scope : undefined
}
