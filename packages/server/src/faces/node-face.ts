import { getRequestListener } from '@hono/node-server'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AuthInfo, RequestOptions } from '../sdk/sdk.js'

export type FetchFace = (request: Request, options?: RequestOptions) => Promise<Response>

/** A request of `node:http`; a middleware in front may have verified who sent it, as both SDKs' `requireBearerAuth` does. */
export type NodeRequest = IncomingMessage & { readonly auth?: AuthInfo }

export type NodeFace = (request: NodeRequest, response: ServerResponse, parsedBody?: unknown) => Promise<void>

export function nodeFace(fetch: FetchFace): NodeFace {
  return async (incoming, outgoing, parsedBody) => {
    const options: RequestOptions = {
      ...(incoming.auth === undefined ? {} : { authInfo: incoming.auth }),
      ...(incoming.method === 'POST' && parsedBody !== undefined ? { parsedBody } : {}),
    }
    const listener = getRequestListener((request) => fetch(request, options), { overrideGlobalObjects: false })
    await listener(incoming, outgoing)
  }
}
