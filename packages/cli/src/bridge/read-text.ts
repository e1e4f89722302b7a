import { maxMessageSize } from './limits.js'

/**
 * A body as text. Throws when it is larger than a message may be. It is asked for in one piece, unless it says that it is
 * too large: the recovering fetch can then ask for it anew when it breaks off. Node holds no string of more than half a
 * gigabyte, so that one which does not say its length has an end too.
 */
export async function readText(response: Response, maxBytes: number = maxMessageSize): Promise<string> {
  if (Number(response.headers.get('content-length') ?? 0) <= maxBytes) {
    const whole = await response.text()
    if (whole.length > maxBytes) throw new Error(`the answer is larger than ${maxBytes} bytes`)
    return whole
  }
  const { text, complete } = await readBeginning(response, maxBytes)
  if (!complete) throw new Error(`the answer is larger than ${maxBytes} bytes`)
  return text
}

/** At most `maxBytes` of a body, as text. The rest is let go. */
export async function readBeginning(
  response: Response,
  maxBytes: number,
): Promise<{ readonly text: string; readonly complete: boolean }> {
  if (response.body === null) return { text: '', complete: true }
  const decoder = new TextDecoder()
  const reader = response.body.getReader()
  let text = ''
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return { text: text + decoder.decode(), complete: true }
    size += value.byteLength
    if (size > maxBytes) {
      await reader.cancel().catch(() => undefined)
      return { text, complete: false }
    }
    text += decoder.decode(value, { stream: true })
  }
}
