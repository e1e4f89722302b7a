import type { OutgoingMessage } from '../wire/json-rpc.js'

/** Requests that read, or set what they have set before. */
const safeMethods: ReadonlySet<string> = new Set([
  'ping',
  'tools/list',
  'prompts/list',
  'prompts/get',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'resources/subscribe',
  'resources/unsubscribe',
  'completion/complete',
  'logging/setLevel',
  'tasks/get',
  'tasks/list',
  'tasks/result',
])

/**
 * Whether running this message a second time does no harm. A tool is safe when the server said so of it; a
 * notification is not, because nothing says what it does.
 * @param isSafeTool what `tools/list` last said of a tool
 */
export function isSafeToRepeat(message: OutgoingMessage, isSafeTool: (name: string) => boolean): boolean {
  switch (message.kind) {
    case 'request': {
      if (message.method !== 'tools/call') return safeMethods.has(message.method)
      const { name } = message.params
      return typeof name === 'string' && isSafeTool(name)
    }
    case 'batch':
      return message.messages.every((member) => isSafeToRepeat(member, isSafeTool))
    case 'notification':
    case 'response':
    case 'unreadable':
      return false
  }
}
