import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'

/** One HTTP/1.1 request over a socket of its own, so that a test sees each byte of the answer and how it ends. */
export class RawHttp {
  readonly #socket: Socket
  /** Every byte so far. */
  received = ''
  readonly ended: Promise<'end' | 'reset'>

  constructor(url: string, method: string, headers: Readonly<Record<string, string>> = {}, body = '') {
    const { hostname, port, pathname } = new URL(url)
    const length = String(Buffer.byteLength(body))
    const all = { host: hostname, connection: 'close', 'content-length': length, ...headers }
    const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
    this.#socket = connect(Number(port), hostname)
    this.#socket.setEncoding('utf8').on('data', (text: string) => (this.received += text))
    let reset = false
    this.#socket.on('error', () => (reset = true))
    this.ended = once(this.#socket, 'close').then(() => (reset ? 'reset' : 'end'))
    this.#socket.write(`${method} ${pathname} HTTP/1.1\r\n${head.join('')}\r\n${body}`)
  }

  /** Resolves when the bytes so far contain `text`. */
  async until(text: string): Promise<void> {
    while (!this.received.includes(text)) await once(this.#socket, 'data')
  }

  close(): void {
    this.#socket.destroy()
  }
}
