import type { HostEntry } from './host.js'

/** The server that an entry connects to through the bridge; `undefined` if it starts another program. */
export function bridgedUrl(entry: HostEntry): string | undefined {
  if (entry.kind !== 'command') return undefined
  const words = [entry.command, ...entry.args]
  const at = words.findIndex((word) => /^(.*[\\/])?mcp-tether(@[^\\/]+|\.cmd|\.js)?$/.test(word))
  if (at === -1) return undefined
  const given = words.slice(at + 1).find((word) => URL.canParse(word) && /^https?:/.test(word))
  const { MCP_TETHER_URL: fromEnvironment } = entry.env
  return given ?? (typeof fromEnvironment === 'string' ? fromEnvironment : '')
}
