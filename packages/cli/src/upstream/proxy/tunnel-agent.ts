import type { AgentOptions } from 'node:http'
import type { Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import { HttpsProxyAgent } from 'https-proxy-agent'
import { abandonment } from '../abandon.js'
import { codedError } from '../failure.js'
import type { Proxy } from './choose-proxy.js'
import { proxyRefused } from './proxy-failure.js'

export interface TunnelOptions {
  /** How connections are kept and ended. */
  readonly agent: AgentOptions
  /** Longest attempt for one address of the proxy, in milliseconds. */
  readonly addressTimeoutMs: number
  /** For the server, and for the proxy if that is an https: one. @default the platform's own */
  readonly serverContext?: SecureContext | undefined
  readonly proxyContext?: SecureContext | undefined
}

/** What the library emits on a request when the proxy has answered. */
interface ConnectAnswer {
  readonly statusCode: number
  readonly statusText: string
}

/**
 * Connections to https: servers through a proxy's `CONNECT` (RFC 9110, 9.3.6). A request gets its connection when the
 * TLS handshake is done, so that whatever goes wrong before is certain not to have sent any of it. The library would hand
 * a proxy's refusal on as if the server had answered; here it is an error.
 */
export class TunnelAgent extends HttpsProxyAgent<string> {
  readonly #proxy: Proxy
  readonly #options: TunnelOptions

  constructor(proxy: Proxy, options: TunnelOptions) {
    super(proxy.url, options.agent)
    this.#proxy = proxy
    this.#options = options
    // The library forgets what it was given.
    Object.assign(this.options, options.agent, contextOption(options.serverContext))
    // It would otherwise read this from the stack.
    this.protocol = 'https:'
  }

  override async connect(...[request, options]: Parameters<HttpsProxyAgent<string>['connect']>): Promise<Socket> {
    let answer: ConnectAnswer | undefined
    request.once('proxyConnect', (given: ConnectAnswer) => {
      answer = given
    })
    const abandoned = abandonment(request)
    try {
      const socket = await this.#single(abandoned.signal).connect(request, options)
      // A socket whose error nobody hears would end the process.
      socket.on('error', () => undefined)
      if (answer?.statusCode !== 200) {
        socket.destroy()
        throw proxyRefused({ status: answer?.statusCode ?? Number.NaN, statusText: answer?.statusText ?? '' })
      }
      await secured(socket)
      return socket
    } catch (error) {
      if (abandoned.signal.aborted) throw abandoned.signal.reason
      throw answer?.statusCode === 200 ? error : Object.assign(error as Error, { proxy: this.#proxy.name })
    } finally {
      abandoned.stop()
    }
  }

  /** One agent for each connection: the signal ends the one to a proxy that does not answer. */
  #single(signal: AbortSignal): HttpsProxyAgent<string> {
    const { addressTimeoutMs, proxyContext } = this.#options
    return new HttpsProxyAgent(this.#proxy.url, {
      keepAlive: true,
      keepAliveInitialDelay: 1_000,
      autoSelectFamilyAttemptTimeout: addressTimeoutMs,
      ...contextOption(proxyContext),
      signal,
    })
  }
}

/** Resolves when the TLS handshake is done. It is ended from outside with the connection below it. */
function secured(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('secureConnect', resolve)
    socket.once('error', reject)
    socket.once('close', () => {
      reject(codedError('ECONNRESET', 'the connection was closed in the TLS handshake'))
    })
  })
}

function contextOption(context: SecureContext | undefined): { readonly secureContext?: SecureContext } {
  return context ? { secureContext: context } : {}
}
