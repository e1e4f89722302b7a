/*
 * A client that the official conformance suite starts once for each scenario, with the server's URL as the last
 * argument. Before it: the SDK's major (`v1`, `v2`), and `bare` or `recovering`.
 *
 * Run by a newer Node as it is, with its types stripped: it can import built packages only.
 */
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import {
  UnauthorizedError as UnauthorizedErrorV1,
  type OAuthClientProvider as OAuthClientProviderV1,
} from '@modelcontextprotocol/sdk/client/auth.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import {
  Client as ClientV2,
  ClientCredentialsProvider,
  CrossAppAccessProvider,
  PrivateKeyJwtProvider,
  requestJwtAuthorizationGrant,
  StreamableHTTPClientTransport as TransportV2,
  UnauthorizedError as UnauthorizedErrorV2,
  type OAuthClientProvider,
} from '@modelcontextprotocol/client'
import { withSessionRecovery } from '@mcp-tether/client'

interface Conversation {
  listTools(): Promise<unknown>
  callTool(name: string, args: Record<string, unknown>): Promise<unknown>
  close(): Promise<void>
}

/** What the suite tells of a scenario beyond its name. */
type Context = Readonly<Record<string, string | undefined>>

const [sdk, how, address = ''] = process.argv.slice(2)
const scenario = process.env.MCP_CONFORMANCE_SCENARIO ?? ''
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}') as Context

const url = new URL(address)
const clientInfo = { name: 'conformance-client', version: '0.0.1' }
const capabilities = { elicitation: { form: { applyDefaults: true } } }
const accepted = { action: 'accept' as const, content: {} }
const fetchOfClient = how === 'recovering' ? withSessionRecovery()(fetch) : fetch

/** Keeps a sign-in in memory; the user agrees to everything at once. */
class InMemoryProvider {
  readonly redirectUrl = 'http://localhost:3000/callback'
  readonly clientMetadataUrl = 'https://conformance-test.local/client-metadata.json'
  readonly clientMetadata = {
    client_name: 'conformance-client',
    redirect_uris: [this.redirectUrl],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  }
  callback: URLSearchParams | undefined
  #client: unknown
  #tokens: unknown
  #verifier = ''
  #discovery: unknown

  constructor({ client_id: id, client_secret: secret }: Context) {
    if (id !== undefined) this.#client = { client_id: id, client_secret: secret }
  }

  clientInformation = () => this.#client
  saveClientInformation = (client: unknown) => void (this.#client = client)
  tokens = () => this.#tokens
  saveTokens = (tokens: unknown) => void (this.#tokens = tokens)
  saveCodeVerifier = (verifier: string) => void (this.#verifier = verifier)
  codeVerifier = () => this.#verifier
  discoveryState = () => this.#discovery
  saveDiscoveryState = (state: unknown) => void (this.#discovery = state)

  async redirectToAuthorization(authorizationUrl: URL): Promise<void> {
    const response = await fetch(authorizationUrl, { redirect: 'manual' })
    const location = response.headers.get('location')
    if (location === null) throw new Error(`No redirect but HTTP ${String(response.status)}`)
    this.callback = new URL(location, authorizationUrl).searchParams
  }
}

/* eslint-disable @typescript-eslint/no-deprecated -- the suite does not tell which issuer to expect */
function providerOf(): unknown {
  const { client_id: clientId = '', client_secret: clientSecret = '' } = context
  switch (scenario) {
    case 'auth/client-credentials-basic':
      return new ClientCredentialsProvider({ clientId, clientSecret })
    case 'auth/client-credentials-jwt': {
      const { private_key_pem: privateKey = '', signing_algorithm: algorithm = '' } = context
      return new PrivateKeyJwtProvider({ clientId, privateKey, algorithm })
    }
    case 'auth/cross-app-access-complete-flow': {
      const { idp_token_endpoint: tokenEndpoint = '', idp_id_token: idToken = '', idp_client_id: id = '' } = context
      const assertion = async (its: { authorizationServerUrl: string; resourceUrl: string }) => {
        const { authorizationServerUrl: audience, resourceUrl: resource } = its
        return (await requestJwtAuthorizationGrant({ tokenEndpoint, idToken, clientId: id, audience, resource }))
          .jwtAuthGrant
      }
      return new CrossAppAccessProvider({ assertion, clientId, clientSecret })
    }
    default:
      return new InMemoryProvider(context)
  }
}
/* eslint-enable @typescript-eslint/no-deprecated */

const provider = scenario.startsWith('auth/') ? providerOf() : undefined

async function connectV1(): Promise<Conversation> {
  const transport = () =>
    new TransportV1(url, {
      fetch: fetchOfClient,
      ...(provider ? { authProvider: provider as OAuthClientProviderV1 } : {}),
    })
  const client = () => {
    const one = new ClientV1(clientInfo, { capabilities })
    one.setRequestHandler(ElicitRequestSchema, () => accepted)
    return one
  }
  let connected = client()
  const finish = (callback: URLSearchParams) => transport().finishAuth(callback.get('code') ?? '')
  await signedIn(async () => {
    connected = client()
    await connected.connect(transport())
  }, finish)
  return {
    listTools: () => signedIn(() => connected.listTools(), finish),
    callTool: (name, args) => signedIn(() => connected.callTool({ name, arguments: args }), finish),
    close: () => connected.close(),
  }
}

async function connectV2(): Promise<Conversation> {
  const transport = () =>
    new TransportV2(url, {
      fetch: fetchOfClient,
      ...(provider ? { authProvider: provider as OAuthClientProvider } : {}),
    })
  const client = () => {
    const one = new ClientV2(clientInfo, { capabilities })
    one.setRequestHandler('elicitation/create', () => accepted)
    return one
  }
  let connected = client()
  const finish = (callback: URLSearchParams) => transport().finishAuth(callback)
  await signedIn(async () => {
    connected = client()
    await connected.connect(transport())
  }, finish)
  return {
    listTools: () => signedIn(() => connected.listTools(), finish),
    callTool: (name, args) => signedIn(() => connected.callTool({ name, arguments: args }), finish),
    close: () => connected.close(),
  }
}

/** Does something that may need a sign-in first, or again with more rights: as often as a patient user would. */
async function signedIn<T>(act: () => Promise<T>, finish: (callback: URLSearchParams) => Promise<void>): Promise<T> {
  const maxSignIns = 2
  for (let signIns = 0; ; signIns++) {
    try {
      return await act()
    } catch (error) {
      const isUnauthorized = error instanceof UnauthorizedErrorV1 || error instanceof UnauthorizedErrorV2
      const callback = provider instanceof InMemoryProvider ? provider.callback : undefined
      if (!isUnauthorized || !callback || signIns === maxSignIns) throw error
      await finish(callback)
    }
  }
}

const conversation = await (sdk === 'v1' ? connectV1() : connectV2())
await conversation.listTools()
switch (scenario) {
  case 'initialize':
    break
  case 'tools_call':
    await conversation.callTool('add_numbers', { a: 5, b: 3 })
    break
  case 'elicitation-sep1034-client-defaults':
    await conversation.callTool('test_client_elicitation_defaults', {})
    break
  case 'sse-retry':
    await conversation.callTool('test_reconnection', {})
    break
  default:
    await conversation.callTool('test-tool', {})
}
await conversation.close()
