import { getRequestListener } from '@hono/node-server'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AuthInfo, RequestOptions } from '../sdk/sdk.js'
import { badBody, readNodeBody } from '../wire/read-body.js'

export type FetchFace = (request: Request, options?: RequestOptions) => Promise<Response>

/** A request of `node:http`; a middleware in front may have verified who sent it, as both SDKs' `requireBearerAuth` does. */
export type NodeRequest = IncomingMessage & { readonly auth?: AuthInfo }

export type NodeFace = (request: NodeRequest, response: ServerResponse, parsedBody?: unknown) => Promise<void>

/** @param bodyBytes limit of a body that nobody has read yet */
export function nodeFace(fetch: FetchFace, bodyBytes: number): NodeFace {
  return async (incoming, outgoing, given) => {
    const auth = incoming.auth === undefined ? {} : { authInfo: incoming.auth }
    let answer: (request: Request) => Promise<Response> = (request) => fetch(request, auth)
    if (incoming.method === 'POST') {
      const body = given === undefined ? await readNodeBody(incoming, bodyBytes) : { value: given }
      answer =
        'problem' in body
          ? () => Promise.resolve(badBody(body.problem, bodyBytes))
          : (request) => fetch(request, { ...auth, parsedBody: body.value })
    }
    await getRequestListener(answer, { overrideGlobalObjects: false })(incoming, outgoing)
  }
}
