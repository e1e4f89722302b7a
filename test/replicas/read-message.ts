/** What the load balancer wants to know of the body of a request. */
export function readMessage(body: Buffer): { readonly line: string | undefined; readonly isReply: boolean } {
  if (body.length === 0) return { line: undefined, isReply: false }
  const message = JSON.parse(body.toString()) as {
    readonly method?: string
    readonly params?: { readonly arguments?: { readonly line?: string } }
  }
  return { line: message.params?.arguments?.line, isReply: message.method === undefined }
}
