import * as http from 'node:http'
import * as https from 'node:https'

/** The connections of one upstream fetch. */
export interface Agents {
  for(url: URL): http.Agent
  /** Closes every connection, in use or not. */
  destroy(): void
}

/**
 * How long an idle connection is kept. Most servers close theirs after 5 s, and a request that meets the closing is of
 * unknown outcome; a shorter hint of the server (`Keep-Alive: timeout=…`) is honoured by the agent.
 */
const idleTimeoutMs = 4_000

/** The platform's 250 ms per address give up on servers that are merely far away. */
const addressTimeoutMs = 1_000

export function createAgents(): Agents {
  const options = {
    keepAlive: true,
    // The agent ends idle connections only; on busy ones nobody listens to this timeout, so that streams may be silent.
    timeout: idleTimeoutMs,
    scheduling: 'lifo',
    autoSelectFamilyAttemptTimeout: addressTimeoutMs,
  } as const
  const plain = new http.Agent(options)
  const secure = new https.Agent(options)
  return {
    for: (url) => (url.protocol === 'https:' ? secure : plain),
    destroy() {
      plain.destroy()
      secure.destroy()
    },
  }
}
