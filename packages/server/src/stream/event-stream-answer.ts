/** Headers of both SDKs for a stream of events. */
export function eventStreamAnswer(body: ReadableStream<Uint8Array>, sessionId: string): Response {
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      connection: 'keep-alive',
      'x-accel-buffering': 'no',
      'mcp-session-id': sessionId,
    },
  })
}
