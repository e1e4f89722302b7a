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
