import { expect } from 'vitest'

export const accept = 'application/json, text/event-stream'

export const initializeParams = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'raw', version: '1' },
}

/** A message as any HTTP client sends it. */
export function post(url: URL, message: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { accept, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
  })
}

/** A session, by hand. */
export async function open(url: URL, headers: Record<string, string> = {}): Promise<{ status: number; id: string }> {
  const response = await post(url, { id: 1, method: 'initialize', params: initializeParams }, headers)
  await response.text()
  return { status: response.status, id: response.headers.get('mcp-session-id') ?? '' }
}

/** The messages of an answer, whether it came as JSON or as events. */
export function messagesIn(text: string): { id?: unknown; result?: unknown; error?: unknown; method?: string }[] {
  const data = text.startsWith('{') ? [text] : [...text.matchAll(/^data: (.+)$/gm)].map(([, json = '']) => json)
  return data.filter((json) => json.trim() !== '').map((json) => JSON.parse(json) as { id?: unknown })
}

/** What is said while the store is away: that it was not dispatched, and when to come back. */
export async function expectUnavailable(answer: Response): Promise<void> {
  expect([answer.status, answer.headers.get('mcp-not-dispatched')]).toEqual([503, '1'])
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(messagesIn(await answer.text())).toMatchObject([
    { id: null, error: { code: -32012, data: { code: 'store_unavailable' } } },
  ])
}
