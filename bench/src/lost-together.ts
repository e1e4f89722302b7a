import { withSessionRecovery, type FetchLike } from '@mcp-tether/client'
import type { Finding } from './finding.js'
import { connect } from './host.js'
import { loopbackServer } from './loopback-server.js'

/** A signal of its own for each request: undici warns when more than 1,500 requests hang on one, as on SDK v2's. */
const network: FetchLike = (url, { signal, ...init } = {}) =>
  fetch(url, signal ? { ...init, signal: AbortSignal.any([signal]) } : init)

/**
 * Lets parallel calls lose their session together. Resolves with the POSTs that this put on the wire: each call twice,
 * and between them one `initialize` and one `notifications/initialized`.
 */
export async function postsOfLossOf(calls: number): Promise<{ readonly posts: number; readonly expected: number }> {
  const server = await loopbackServer({ answersAs: 'json', resultBytes: 100 })
  const host = await connect(server.url, withSessionRecovery()(network))
  try {
    server.forget(calls)
    await Promise.all(Array.from({ length: calls }, () => host.call()))
    return { posts: server.posts, expected: 2 * calls + 2 }
  } finally {
    await host.close()
    await server.close()
  }
}

const calls = 1_000

export async function countLostTogether(tell: (line: string) => void): Promise<Finding[]> {
  tell(`${String(calls)} parallel calls lose their session`)
  const { posts, expected } = await postsOfLossOf(calls)
  return [{ what: '1,000 parallel calls lost', measured: posts, unit: 'POSTs', target: expected, isExact: true }]
}
