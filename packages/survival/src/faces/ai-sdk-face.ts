import type { Capability, ConnectOptions, Face, FaceClient } from './face.js'
import { fetchFor, someTurns } from './sdk-options.js'
import type { SdkFaceOptions } from './sdk-options.js'
import { signedIn } from './signed-in.js'
import { Sightings } from './sightings.js'

const OLDEST_NODE = 22

/** Why `@ai-sdk/mcp` can't run here, or `undefined` if it can. */
export function whyNoAiSdk(nodeVersion: string = process.versions.node): string | undefined {
  const major = Number(nodeVersion.split('.', 1)[0])
  if (major >= OLDEST_NODE) return undefined
  return `@ai-sdk/mcp needs Node ${String(OLDEST_NODE)} or newer, and this is Node ${nodeVersion}`
}

/** The client of `@ai-sdk/mcp` 2.x on a fetch. Throws where the running Node is too old for it. */
export function aiSdkFace(options: SdkFaceOptions = {}): Face {
  const reason = whyNoAiSdk()
  if (reason !== undefined) throw new Error(reason)
  const capabilities: Capability[] = ['two-clients', 'fetch', 'headers', 'listens', 'elicits', 'signs-in']
  if (options.stackedFetch) capabilities.push('stacked')
  return {
    name: options.name ?? 'ai-sdk',
    capabilities: new Set(capabilities),
    connect: (url, connectOptions = {}) => connect(url, options, connectOptions),
  }
}

async function connect(url: string, options: SdkFaceOptions, connectOptions: ConnectOptions): Promise<FaceClient> {
  const { createMCPClient, ElicitationRequestSchema } = await import('@ai-sdk/mcp')
  const fetch = fetchFor(options, connectOptions)
  const sightings = new Sightings()
  const client = await createMCPClient({
    clientName: connectOptions.clientName ?? 'survivor',
    // Unknown notifications and refused GETs end here; a call's own errors reject the call.
    onUncaughtError: () => undefined,
    capabilities: { elicitation: {} },
    transport: {
      type: 'http',
      url,
      fetch: fetch as typeof globalThis.fetch,
      onSessionIdChange: (id) => {
        sightings.sawSessionId(id)
      },
      ...(connectOptions.signIn ? { authProvider: signedIn(connectOptions.signIn) } : {}),
      ...(connectOptions.headers ? { headers: { ...connectOptions.headers } } : {}),
    },
  })
  const elicit = connectOptions.handlers?.['elicitation/create']
  if (elicit) {
    client.onElicitationRequest(ElicitationRequestSchema, async ({ params }) => ({
      action: 'cancel',
      ...(await elicit(params, new AbortController().signal)),
    }))
  }
  const unable = (what: string) => (): Promise<never> => Promise.reject(new Error(`@ai-sdk/mcp has no ${what}`))
  return {
    callTool: (name, args, { signal } = {}) =>
      client.callTool({ name, arguments: { ...args }, ...(signal ? { options: { signal } } : {}) }),
    listTools: (cursor) => client.listTools(cursor === undefined ? {} : { params: { cursor } }),
    request: unable('requests of the caller’s choice'),
    notify: unable('notifications of the caller’s choice'),
    onNotification: (listener) => {
      sightings.onNotification(listener)
    },
    sessionIds: () => sightings.sessionIds,
    troubles: () => sightings.troubles,
    flushed: someTurns,
    close: () => client.close(),
    fetch,
  }
}
