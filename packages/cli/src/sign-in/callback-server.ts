import { timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { abortable } from './abortable.js'
import { type CallbackPage, pageHeaders, pageHtml } from './callback-page.js'
import { SignInError } from './sign-in-error.js'

export interface CallbackOptions {
  /** Tried in this order. */
  readonly ports: readonly number[]
  /** The name of this machine in the redirect URI. */
  readonly host: 'localhost' | '127.0.0.1'
  readonly path: string
  /** What the browser must bring back (RFC 6749, 10.12). */
  readonly state: string
}

/** The authorization response (RFC 6749, 4.1.2), and the browser that waits for a page. */
export interface Callback {
  readonly params: URLSearchParams
  readonly respond: (page: CallbackPage) => Promise<void>
}

/**
 * Takes the browser's return on the loopback interface (RFC 8252, 7.3): once, on one path, under this machine's own
 * names (another name in `Host` is a page that had its name changed to point here), with the state that was sent.
 */
export class CallbackServer {
  readonly redirectUrl: string
  readonly #options: CallbackOptions
  readonly #server: Server
  readonly #port: number
  #taken = false
  #resolve!: (callback: Callback) => void
  readonly #callback = new Promise<Callback>((resolve) => {
    this.#resolve = resolve
  })

  private constructor(options: CallbackOptions, server: Server, port: number) {
    this.#options = options
    this.#server = server
    this.#port = port
    this.redirectUrl = `http://${options.host}:${port}${options.path}`
    server.on('request', (request, response) => {
      this.#serve(request, response)
    })
  }

  /** @throws SignInError `callback-port-taken` when none of the ports is free. */
  static async listen(options: CallbackOptions): Promise<CallbackServer> {
    for (const port of options.ports) {
      const server = createServer({ requestTimeout: 10_000, maxHeaderSize: 64 * 1024 })
      try {
        server.listen({ port, host: '127.0.0.1', exclusive: true })
        await once(server, 'listening')
      } catch (error) {
        const { code } = error as { code?: unknown }
        if (code === 'EADDRINUSE' || code === 'EACCES') continue
        throw error
      }
      return new CallbackServer(options, server, port)
    }
    const [first = 0] = options.ports
    const which =
      options.ports.length === 1 ? `Port ${first} is` : `The ports ${first} to ${options.ports.at(-1) ?? 0} are`
    throw new SignInError(
      'callback-port-taken',
      `${which} taken, so that the browser could not come back from the sign-in. ` +
        'End what listens there, or name another with --callback-port.',
    )
  }

  /** Resolves when the browser has come back. Rejects when the signal aborts. */
  answered(signal: AbortSignal): Promise<Callback> {
    return abortable(this.#callback, signal)
  }

  /** Listens no more; whatever is connected is let go. */
  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    request.resume()
    const url = new URL(request.url ?? '/', this.redirectUrl)
    const page = this.#refusal(request, url)
    if (page) {
      void send(response, page)
      return
    }
    this.#taken = true
    this.#resolve({ params: url.searchParams, respond: (text) => send(response, text) })
  }

  #refusal(request: IncomingMessage, url: URL): CallbackPage | undefined {
    const names = ['127.0.0.1', 'localhost'].map((name) => `${name}:${this.#port}`)
    if (!names.includes(request.headers.host ?? '')) {
      return { status: 421, title: 'Not here', text: 'This address is for the sign-in of MCP Tether on this machine.' }
    }
    if (url.pathname !== this.#options.path) {
      return { status: 404, title: 'Not found', text: 'There is nothing here but the end of a sign-in.' }
    }
    if (request.method !== 'GET') {
      return { status: 405, title: 'Not allowed', text: 'The browser comes back here with GET.' }
    }
    if (!isSame(url.searchParams.get('state') ?? '', this.#options.state)) {
      const text =
        'This answer does not belong to the sign-in that is under way. Close this window, and go on in the newest one, ' +
        'or call the tool again to start over.'
      return { status: 400, title: 'Another sign-in', text }
    }
    if (this.#taken) return { status: 409, title: 'Signed in already', text: 'You can close this window.' }
    return undefined
  }
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Resolves when the page has gone out, or nobody is there to take it. */
function send(response: ServerResponse, page: CallbackPage): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', resolve).once('error', () => {
      resolve()
    })
    response.writeHead(page.status, pageHeaders).end(pageHtml(page))
  })
}
