import type { Capability, ConnectOptions, Face, FaceClient } from './face.js'
import { clientCapabilities, closeAll, fetchFor, requestOptions, sdkCapabilities, someTurns } from './sdk-options.js'
import type { SdkFaceOptions } from './sdk-options.js'
import { signedIn } from './signed-in.js'
import { Sightings } from './sightings.js'

/** The client of `@modelcontextprotocol/client` 2.x on a fetch. */
export function sdkV2Face(options: SdkFaceOptions = {}): Face {
  const capabilities: Capability[] = [...sdkCapabilities]
  if (options.stackedFetch) capabilities.push('stacked')
  return {
    name: options.name ?? 'SDK v2',
    capabilities: new Set(capabilities),
    connect: (url, connectOptions = {}) => connect(url, options, connectOptions),
  }
}

/** Takes any result as it is (Standard Schema). */
const anyResult = {
  '~standard': { version: 1 as const, vendor: 'mcp-tether', validate: (value: unknown) => ({ value }) },
}

async function connect(url: string, options: SdkFaceOptions, connectOptions: ConnectOptions): Promise<FaceClient> {
  const { Client, StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client')
  const fetch = fetchFor(options, connectOptions)
  const sightings = new Sightings()
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    fetch,
    ...(connectOptions.signIn ? { authProvider: signedIn(connectOptions.signIn) } : {}),
    ...(connectOptions.headers ? { requestInit: { headers: { ...connectOptions.headers } } } : {}),
  })
  const client = new Client(
    { name: connectOptions.clientName ?? 'survivor', version: '1.0.0' },
    { capabilities: clientCapabilities },
  )
  client.fallbackNotificationHandler = (message) => {
    sightings.sawNotification({ ...message })
    return Promise.resolve()
  }
  client.fallbackRequestHandler = async (request, { mcpReq }) => {
    const handler = connectOptions.handlers?.[request.method]
    if (!handler) throw new Error('no handler')
    return { ...(await handler(request.params, mcpReq.signal)) }
  }
  const noteId = (): void => {
    sightings.sawSessionId(transport.sessionId)
  }
  await client.connect(transport)
  noteId()
  return {
    callTool: (name, args, callOptions = {}) =>
      client.callTool({ name, arguments: { ...args } }, requestOptions(callOptions)).finally(noteId),
    // Its own \`listTools\` reads every page at once.
    listTools: (cursor) =>
      client
        .request({ method: 'tools/list', params: cursor === undefined ? {} : { cursor } }, anyResult)
        .finally(noteId),
    request: (method, params) =>
      client.request({ method, ...(params ? { params: { ...params } } : {}) }, anyResult).finally(noteId),
    notify: (method, params) =>
      client.notification({ method, ...(params ? { params: { ...params } } : {}) }).finally(noteId),
    onNotification: (listener) => {
      sightings.onNotification(listener)
    },
    sessionIds: () => sightings.sessionIds,
    troubles: () => sightings.troubles,
    flushed: someTurns,
    close: () =>
      closeAll(
        () => transport.terminateSession(),
        () => client.close(),
      ),
    fetch,
  }
}
