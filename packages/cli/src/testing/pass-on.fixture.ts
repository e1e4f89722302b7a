import { type IncomingMessage, type OutgoingHttpHeaders, request as httpRequest, type ServerResponse } from 'node:http'

/** Has a server of this machine answer a request, as a reverse proxy does. `more` is added to the answer's headers. */
export function passOn(
  request: IncomingMessage,
  response: ServerResponse,
  port: number | undefined,
  more: OutgoingHttpHeaders = {},
): void {
  const { method, headers } = request
  const { pathname, search } = new URL(request.url ?? '', 'http://localhost')
  const target = httpRequest({ port, method, path: `${pathname}${search}`, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...more })
    answer.pipe(response)
  })
  target.on('error', () => response.destroy())
  response.on('close', () => target.destroy())
  request.pipe(target)
}
