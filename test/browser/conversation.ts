import { withSessionRecovery } from '@mcp-tether/client'

/** What a page or a worker reports back. */
export interface BrowserReport {
  readonly scope: string
  readonly answers: readonly unknown[]
  readonly sessionIds: readonly (string | null)[]
  readonly events: readonly string[]
}

/** A conversation through a loss, in whatever runtime this is: relative URLs, the platform's own fetch, no SDK. */
export async function converse(): Promise<BrowserReport> {
  const events: string[] = []
  const recover = withSessionRecovery({ onEvent: ({ type }) => events.push(type) })
  const fetch = recover((url, init) => globalThis.fetch(url, init))
  const sessionIds: (string | null)[] = []
  let sessionId = ''
  const post = async (message: object): Promise<unknown> => {
    const response = await fetch('/mcp', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(sessionId === '' ? {} : { 'mcp-session-id': sessionId, 'mcp-protocol-version': '2025-11-25' }),
      },
      body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    })
    sessionIds.push(response.headers.get('mcp-session-id'))
    sessionId = response.headers.get('mcp-session-id') ?? sessionId
    const text = await response.text()
    return text === '' ? undefined : JSON.parse(text)
  }
  const call = (id: number): Promise<unknown> =>
    post({ id, method: 'tools/call', params: { name: 'append_value', arguments: { key: `call-${id}` } } })

  const clientInfo = { name: 'browser', version: '1.0.0' }
  await post({ id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo } })
  await post({ method: 'notifications/initialized' })
  const before = await call(2)
  await globalThis.fetch('/forget', { method: 'POST' })
  const after = await call(3)
  return { scope: Object.prototype.toString.call(globalThis), answers: [before, after], sessionIds, events }
}
