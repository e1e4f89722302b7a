import type { RequestOptions, Sdk, SdkServer, SdkTransportClass } from './sdk.js'

interface V2 {
  readonly McpServer: abstract new (...given: never) => object
  readonly Server: abstract new (...given: never) => object
  readonly WebStandardStreamableHTTPServerTransport: SdkTransportClass
  isLegacyRequest(request: Request, body?: unknown): Promise<boolean>
  createMcpHandler(
    factory: (context: never) => unknown,
    options: { legacy: 'reject' },
  ): { fetch(request: Request, options: RequestOptions): Promise<Response> }
}

type CreateServer = (context: { readonly authInfo?: never }) => SdkServer | Promise<SdkServer>

/**
 * Finds out which SDK the author's server is of. Where both are installed, a server is made and looked at.
 * @throws Error where neither is installed
 */
export async function detectSdk(createServer: CreateServer): Promise<Sdk> {
  const [v1, v2] = await Promise.all([loadV1(), loadV2()])
  if (v1 !== undefined && v2 !== undefined) {
    const probe = await createServer({})
    const isV2 = probe instanceof v2.McpServer || probe instanceof v2.Server
    // Nothing was connected to it: nobody waits for its end.
    void quietly(probe)
    return isV2 ? sdkV2(v2, createServer) : { Transport: v1 }
  }
  if (v2 !== undefined) return sdkV2(v2, createServer)
  if (v1 !== undefined) return { Transport: v1 }
  throw new Error(
    'Persistent sessions need @modelcontextprotocol/sdk (1.x) or @modelcontextprotocol/server (2.x). Install one, or give the option transport.',
  )
}

/** The SDK of a transport that the author names. Of v2, where it is v2's class or extends it. */
export async function sdkOf(Transport: SdkTransportClass, createServer: CreateServer): Promise<Sdk> {
  const v2 = await loadV2()
  if (v2 === undefined) return { Transport }
  const ofV2 = v2.WebStandardStreamableHTTPServerTransport
  const isV2 = Transport === ofV2 || Transport.prototype instanceof ofV2
  return isV2 ? { ...sdkV2(v2, createServer), Transport } : { Transport }
}

function sdkV2(v2: V2, createServer: CreateServer): Sdk {
  const handler = v2.createMcpHandler(createServer, { legacy: 'reject' })
  return {
    Transport: v2.WebStandardStreamableHTTPServerTransport,
    modern: {
      isModern: async (request, body) => !(await v2.isLegacyRequest(request, body)),
      fetch: (request, options) => handler.fetch(request, options),
    },
  }
}

async function loadV1(): Promise<SdkTransportClass | undefined> {
  const name = '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
  const module = await installed<{ WebStandardStreamableHTTPServerTransport: SdkTransportClass }>(name)
  return module?.WebStandardStreamableHTTPServerTransport
}

async function loadV2(): Promise<V2 | undefined> {
  return installed<V2>('@modelcontextprotocol/server')
}

async function quietly(probe: SdkServer): Promise<void> {
  try {
    await probe.close()
  } catch {
    // It was only looked at.
  }
}

async function installed<Module>(name: string): Promise<Module | undefined> {
  try {
    return (await import(name)) as Module
  } catch (error) {
    const code = (error as { code?: unknown }).code
    if (code === 'ERR_MODULE_NOT_FOUND' || code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') return undefined
    throw error
  }
}
