import type { Capability, ConnectOptions, Face, FaceClient } from './face.js'
import { clientCapabilities, closeAll, fetchFor, requestOptions, sdkCapabilities, someTurns } from './sdk-options.js'
import type { SdkFaceOptions } from './sdk-options.js'
import { signedIn } from './signed-in.js'
import { Sightings } from './sightings.js'

/** The client of `@modelcontextprotocol/sdk` 1.x on a fetch. */
export function sdkV1Face(options: SdkFaceOptions = {}): Face {
  const capabilities: Capability[] = [...sdkCapabilities]
  if (options.stackedFetch) capabilities.push('stacked')
  return {
    name: options.name ?? 'SDK v1',
    capabilities: new Set(capabilities),
    connect: (url, connectOptions = {}) => connect(url, options, connectOptions),
  }
}

async function connect(url: string, options: SdkFaceOptions, connectOptions: ConnectOptions): Promise<FaceClient> {
  const [{ Client }, { StreamableHTTPClientTransport }, { ResultSchema }] = await Promise.all([
    import('@modelcontextprotocol/sdk/client/index.js'),
    import('@modelcontextprotocol/sdk/client/streamableHttp.js'),
    import('@modelcontextprotocol/sdk/types.js'),
  ])
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
  client.fallbackRequestHandler = async (request, { signal }) => {
    const handler = connectOptions.handlers?.[request.method]
    if (!handler) throw new Error('no handler')
    return { ...(await handler(request.params, signal)) }
  }
  const noteId = (): void => {
    sightings.sawSessionId(transport.sessionId)
  }
  await client.connect(transport)
  noteId()
  return {
    callTool: (name, args, callOptions = {}) =>
      client.callTool({ name, arguments: { ...args } }, undefined, requestOptions(callOptions)).finally(noteId),
    listTools: (cursor) => client.listTools(cursor === undefined ? {} : { cursor }).finally(noteId),
    request: (method, params) =>
      client.request({ method, ...(params ? { params: { ...params } } : {}) }, ResultSchema).finally(noteId),
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
