import type { AnswerBody } from './answer-body.js'

/**
 * What the `fetch` of a simulation resolves with: as much of a `Response` as its callers use. A real one costs more
 * than all the rest of a request, because it makes a stream of every body; here that is made when somebody asks for it.
 */
export class FetchedResponse {
  readonly status: number
  readonly statusText = ''
  readonly headers: Headers
  readonly url = 'http://server.test/mcp'
  readonly redirected = false
  readonly type = 'basic'
  readonly #body: AnswerBody | undefined

  constructor(status: number, headers: Readonly<Record<string, string>>, body: AnswerBody | undefined) {
    this.status = status
    this.headers = new Headers(headers)
    this.#body = body
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300
  }

  get body(): ReadableStream<Uint8Array> | null {
    return this.#body?.stream ?? null
  }

  async text(): Promise<string> {
    return this.#body ? (this.#body.takeWhole() ?? new Response(this.#body.stream).text()) : ''
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text())
  }
}
