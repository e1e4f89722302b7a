import * as http from 'node:http'
import * as https from 'node:https'
import type { SecureContext } from 'node:tls'
import { chooseProxy, type Proxy } from './proxy/choose-proxy.js'

/** How a request gets to its server. */
export interface Route {
  readonly agent: http.Agent
  readonly proxy?: Proxy
  /** True when the proxy only passes bytes on, which is the agent's affair. Any other is sent the whole request. */
  readonly tunnelled?: boolean
}

/** The connections of one upstream fetch. */
export interface Agents {
  /** A promise only where there is something to be loaded. Throws (or rejects with) a UsageError for a bad proxy. */
  for(url: URL): Route | Promise<Route>
  /** Closes every connection, in use or not. */
  destroy(): void
}

export interface AgentsOptions {
  /** Names the proxies. @default none */
  readonly environment?: NodeJS.ProcessEnv
  /** What certificates are checked with. @default the platform's own */
  readonly trust?: SecureContext | undefined
  /** The same, and the client's own certificate, for one server. */
  readonly identity?: { readonly origin: string; readonly context: SecureContext } | undefined
}

/**
 * How long an idle connection is kept. Most servers close theirs after 5 s, and a request that meets the closing is of
 * unknown outcome; a shorter hint of the server (`Keep-Alive: timeout=…`) is honoured by the agent.
 */
const idleTimeoutMs = 4_000

/** The platform's 250 ms per address give up on servers that are merely far away. */
const addressTimeoutMs = 1_000

export function createAgents({ environment = {}, trust, identity }: AgentsOptions = {}): Agents {
  const kept = {
    keepAlive: true,
    // The agent ends idle connections only; on busy ones nobody listens to this timeout, so that streams may be silent.
    timeout: idleTimeoutMs,
    scheduling: 'lifo',
  } as const
  const options = { ...kept, autoSelectFamilyAttemptTimeout: addressTimeoutMs }
  const made = new Map<string, http.Agent>()
  const agent = (name: string, make: () => http.Agent): http.Agent => {
    const found = made.get(name) ?? make()
    made.set(name, found)
    return found
  }
  const contextFor = (origin: string): SecureContext | undefined =>
    identity?.origin === origin ? identity.context : trust
  const secure = (origin: string): http.Agent => {
    const secureContext = contextFor(origin)
    const name = secureContext === trust ? 'https:' : origin
    return agent(name, () => new https.Agent({ ...options, ...(secureContext ? { secureContext } : {}) }))
  }
  const plain = (): http.Agent => agent('http:', () => new http.Agent(options))

  const through = async (proxy: Proxy, origin: string): Promise<Route> => {
    const { TunnelAgent } = await import('./proxy/tunnel-agent.js')
    const tunnel = (): http.Agent =>
      new TunnelAgent(proxy, {
        agent: kept,
        addressTimeoutMs,
        serverContext: contextFor(origin),
        proxyContext: trust,
      })
    return { agent: agent(`${origin} ${proxy.url.href}`, tunnel), proxy, tunnelled: true }
  }
  return {
    for(url) {
      const proxy = chooseProxy(url, environment)
      const isSecure = url.protocol === 'https:'
      if (!proxy) return { agent: isSecure ? secure(url.origin) : plain() }
      if (isSecure) return through(proxy, url.origin)
      return { agent: proxy.url.protocol === 'https:' ? secure('') : plain(), proxy }
    },
    destroy() {
      for (const each of made.values()) each.destroy()
    },
  }
}
