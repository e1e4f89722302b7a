import type { ConfigObject, ConfigValue } from '../document/document.js'
import type { Header, HostEntry } from '../host.js'

/** What a host calls the parts of an entry that connects over HTTP. */
export interface HttpShape {
  /** Keys that hold the address, the preferred one first. */
  readonly url: readonly string[]
  /** Further keys that the new entry must not have. Default: `type`. */
  readonly dropped?: readonly string[]
  /** Reads the headers. Default: the object under `headers`, its values as they are. */
  readonly headers?: (entry: ConfigObject) => readonly Header[] | string
}

/** Keys with which a host proves who it is, in ways that are its own. */
const ownProof = /auth|oauth|helper|token|credential|secret|cert|key|scope|proxy/i

const httpTypes: ReadonlySet<unknown> = new Set([undefined, 'http', 'sse', 'streamable-http', 'streamableHttp'])

/** Reads an entry in which `command` starts a program and an address is connected to. */
export function readEntry(value: unknown, shape: HttpShape): HostEntry {
  if (!isObject(value)) return { kind: 'other' }
  if (typeof value.command === 'string') return readCommand(value.command, value)
  const url = shape.url.map((key) => value[key]).find((each) => typeof each === 'string')
  if (url === undefined) return { kind: 'other' }

  const untranslatable = (reason: string): HostEntry => ({ kind: 'untranslatable', url, reason })
  if (!httpTypes.has(value.type)) return untranslatable(`its type is ${JSON.stringify(value.type)}`)
  const headers = (shape.headers ?? plainHeaders)(value)
  if (typeof headers === 'string') return untranslatable(headers)

  const translated = new Set([...shape.url, 'headers', ...(shape.dropped ?? ['type'])])
  const rest = Object.entries(value).filter(([key]) => !translated.has(key))
  const proof = rest.find(([key]) => ownProof.test(key))
  if (proof !== undefined) return untranslatable(`it has ${JSON.stringify(proof[0])}, which only the host understands`)
  return { kind: 'http', url, headers, kept: Object.fromEntries(rest) }
}

/** An object whose values are texts, as headers. A message when it is none. */
export function plainHeaders(entry: ConfigObject, key = 'headers'): readonly Header[] | string {
  const given = entry[key] ?? {}
  if (!isObject(given)) return `its ${JSON.stringify(key)} are no object`
  const headers: Header[] = []
  for (const [name, value] of Object.entries(given)) {
    if (typeof value !== 'string') return `the value of its header ${JSON.stringify(name)} is no text`
    headers.push({ name, value: [{ text: value }] })
  }
  return headers
}

export function isObject(value: unknown): value is ConfigObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

function readCommand(command: string, { args, env }: ConfigObject): HostEntry {
  const texts = Array.isArray(args) ? (args as readonly ConfigValue[]).filter((each) => typeof each === 'string') : []
  return { kind: 'command', command, args: texts, env: isObject(env) ? env : {} }
}
