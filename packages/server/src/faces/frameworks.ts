import type { ServerResponse } from 'node:http'
import type { AuthInfo } from '../sdk/sdk.js'
import type { FetchFace, NodeFace, NodeRequest } from './node-face.js'

export type ExpressFace = (
  request: NodeRequest & { readonly body?: unknown },
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void

/** With or without `express.json()` in front. */
export function expressFace(node: NodeFace): ExpressFace {
  return (request, response, next) => {
    node(request, response, request.body).catch(next)
  }
}

export type HonoFace = (context: {
  readonly req: { readonly raw: Request; json(): Promise<unknown> }
  readonly var?: { readonly auth?: AuthInfo }
}) => Promise<Response>

/** With or without a middleware in front that reads the body. Who sent it is taken from the context's variable `auth`. */
export function honoFace(fetch: FetchFace): HonoFace {
  return async ({ req, var: variables }) => {
    // Hono keeps what was read of it. What is no JSON is refused where it is read again.
    const parsedBody = req.raw.bodyUsed ? await req.json().catch(() => undefined) : undefined
    return fetch(req.raw, {
      ...(parsedBody === undefined ? {} : { parsedBody }),
      ...(variables?.auth === undefined ? {} : { authInfo: variables.auth }),
    })
  }
}

export type FastifyFace = (
  request: { readonly raw: NodeRequest; readonly body?: unknown },
  reply: { readonly raw: ServerResponse; hijack(): unknown },
) => Promise<void>

/** Who sent it is taken from `request.raw.auth`. */
export function fastifyFace(node: NodeFace): FastifyFace {
  return async (request, reply) => {
    reply.hijack()
    await node(request.raw, reply.raw, request.body)
  }
}
