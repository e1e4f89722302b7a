import type { FetchLike } from '@mcp-tether/client'
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { UnauthorizedError as UnauthorizedErrorV1 } from '@modelcontextprotocol/sdk/client/auth.js'
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import {
  Client as ClientV2,
  StreamableHTTPClientTransport as TransportV2,
  UnauthorizedError as UnauthorizedErrorV2,
} from '@modelcontextprotocol/client'
import type { Host } from './host.js'
import { signIn } from './user-agent.js'

/** A client that has signed in, reduced to what the tests ask of it. */
export interface SignedIn {
  /** Calls the tool `echo`. Resolves with the text that came back. */
  readonly echo: (text: string) => Promise<string>
  /** What the server says of its tools, hints included. */
  readonly listTools: () => Promise<unknown>
  readonly sessionId: () => string | undefined
  readonly close: () => Promise<void>
}

export type SignInClient = (url: URL, host: Host, fetch: FetchLike) => Promise<SignedIn>

interface Transport {
  finishAuth(code: string, iss?: string): Promise<void>
  close(): Promise<void>
}

const clientInfo = { name: 'signed-in', version: '0.0.1' }

/** No standalone stream comes back on its own while a test counts requests. */
const reconnectionOptions = {
  ...{ initialReconnectionDelay: 600_000, maxReconnectionDelay: 600_000 },
  ...{ reconnectionDelayGrowFactor: 1, maxRetries: 0 },
}

export const signInV1: SignInClient = async (url, host, fetch) => {
  const transport = () => new TransportV1(url, { fetch, reconnectionOptions, authProvider: host.forV1 })
  const first = transport()
  await authorize(host, first, () => new ClientV1(clientInfo).connect(first), UnauthorizedErrorV1)
  const client = new ClientV1(clientInfo)
  const connected = transport()
  await client.connect(connected)
  return {
    echo: async (text) => textOf(await client.callTool({ name: 'echo', arguments: { text } })),
    listTools: () => client.listTools(),
    sessionId: () => connected.sessionId,
    close: () => client.close(),
  }
}

export const signInV2: SignInClient = async (url, host, fetch) => {
  const transport = () => new TransportV2(url, { fetch, reconnectionOptions, authProvider: host.forV2 })
  const first = transport()
  await authorize(host, first, () => new ClientV2(clientInfo).connect(first), UnauthorizedErrorV2)
  const client = new ClientV2(clientInfo)
  const connected = transport()
  await client.connect(connected)
  return {
    echo: async (text) => textOf(await client.callTool({ name: 'echo', arguments: { text } })),
    listTools: () => client.listTools(),
    sessionId: () => connected.sessionId,
    close: () => client.close(),
  }
}

/** The first connecting ends with a redirect of the user, as in every host. */
async function authorize(
  host: Host,
  transport: Transport,
  connect: () => Promise<void>,
  expected: abstract new (...args: never[]) => Error,
): Promise<void> {
  const refusal: unknown = await connect().then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(refusal instanceof expected)) throw new Error('The server let somebody in without a token', { cause: refusal })
  const url = host.redirects.at(-1)
  if (!url) throw new Error('The SDK did not send the user anywhere')
  const answer = await signIn(url, host.redirectUrl)
  await transport.finishAuth(answer.get('code') ?? '', answer.get('iss') ?? undefined)
  await transport.close()
}

function textOf(result: unknown): string {
  const { content } = result as { content: readonly { text: string }[] }
  return content[0]?.text ?? ''
}
