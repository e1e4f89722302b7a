export interface Message {
  readonly id?: number
  readonly method: string
  readonly params?: object
}

const protocolVersion = '2025-11-25'

export function initializeOf(id: number): Message {
  const params = { protocolVersion, capabilities: {}, clientInfo: { name: 'bench', version: '0.0.0' } }
  return { id, method: 'initialize', params }
}

export function callOf(id: number): Message {
  return { id, method: 'tools/call', params: { name: 'count', arguments: { message: 'hello' } } }
}

/** What a client sends with each request. */
export function headersOf(sessionId: string | undefined): Record<string, string> {
  return {
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
    ...(sessionId === undefined ? {} : { 'mcp-session-id': sessionId, 'mcp-protocol-version': protocolVersion }),
  }
}

/** A client with nothing in it: what it costs is the same for every server, and little. */
export class InProcessClient {
  readonly #fetch: (request: Request) => Promise<Response>
  sessionId: string | undefined

  constructor(fetch: (request: Request) => Promise<Response>, sessionId?: string) {
    this.#fetch = fetch
    this.sessionId = sessionId
  }

  /** Sends a message and reads the whole answer. @throws Error for an answer that is none */
  async post(message: Message): Promise<void> {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message })
    const request = new Request('http://127.0.0.1/mcp', { method: 'POST', headers: headersOf(this.sessionId), body })
    const response = await this.#fetch(request)
    const text = await response.text()
    if (!response.ok || text.includes('"error"')) throw new Error(`HTTP ${response.status}: ${text}`)
    this.sessionId ??= response.headers.get('mcp-session-id') ?? undefined
  }
}
