import { isReservedHeader } from '../options/parse-header.js'
import { UsageError } from '../command/usage-error.js'
import { isTransportAllowed } from '../upstream/plain-http.js'
import type { ConfigObject } from './document/document.js'
import type { Host, HostEntry } from './host.js'
import { launchOf } from './launch/launch.js'

export type Translated =
  { readonly entry: ConfigObject; readonly notes: readonly string[] } | { readonly reason: string }

const allowHttp = { flag: '--allow-http', variable: 'MCP_TETHER_ALLOW_HTTP', values: [] }

/**
 * An entry that the host connects to over HTTP itself as one that starts the bridge; what else the entry says is kept.
 * The reason where the bridge could not do what the host does, `undefined` where the entry is none of that kind.
 */
export function translate(host: Host, entry: HostEntry, platform: NodeJS.Platform): Translated | undefined {
  if (entry.kind === 'untranslatable') return { reason: entry.reason }
  if (entry.kind !== 'http') return undefined
  const { url, kept } = entry
  const reason = whyNotReachable(url)
  if (reason !== undefined) return { reason }

  const broken = entry.headers.find(({ value }) => value.some((piece) => 'text' in piece && /[\r\n]/.test(piece.text)))
  if (broken !== undefined) return { reason: `its header ${broken.name} holds a line break` }

  const own = entry.headers.filter(({ name }) => isReservedHeader(name))
  const notes = own.map(({ name }) => `the header ${name} is left out, since the bridge sets it itself`)
  const headers = entry.headers.filter((header) => !own.includes(header))
  // The host did it without being told to; what it says in its file is the user's word.
  const isPlain = URL.canParse(url) && !isTransportAllowed(new URL(url), false)
  const options = isPlain ? [allowHttp] : []
  if (isPlain) notes.push('its address is http: to another machine, so --allow-http is added')
  try {
    const launch = launchOf({ url, headers, options }, host, platform)
    return { entry: { ...host.write(launch), ...kept }, notes }
  } catch (error) {
    if (error instanceof UsageError) return { reason: error.message }
    throw error
  }
}

/** The host may put an address together from references; then there is nothing to be said of it. */
function whyNotReachable(url: string): string | undefined {
  if (/\$\{?\w/.test(url)) return undefined
  if (!URL.canParse(url)) return 'its address is no URL'
  const { protocol, username, password } = new URL(url)
  if (protocol !== 'http:' && protocol !== 'https:') return `its address is a ${protocol} address`
  if (username !== '' || password !== '') return 'its address holds a user name or password'
  return undefined
}
