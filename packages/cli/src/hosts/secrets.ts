import { urlSecrets } from '../bridge/redact.js'
import { maskTokens } from '../log/mask-tokens.js'
import type { ConfigEntry } from './document/document.js'
import { isObject } from './known/read-entry.js'

/** Keys under which hosts keep what is secret. */
const secretKeys = ['headers', 'http_headers', 'env']
const minLength = 4
/** Words of header values that tell nothing. */
const openWords: ReadonlySet<string> = new Set(['basic', 'bearer', 'digest', 'token', 'true', 'false'])

/** True if a configuration file may hold a secret, in a server's entry or elsewhere. */
export function holdsSecret(text: string, entries: readonly ConfigEntry[]): boolean {
  return secretsOf(entries).length > 0 || maskTokens(text) !== text
}

/** Everything in the entries that may be secret: values of headers and variables, keys in addresses. */
export function secretsOf(entries: readonly ConfigEntry[]): readonly string[] {
  const found = entries.flatMap(({ value }) => {
    if (!isObject(value)) return []
    const values = secretKeys.flatMap((key) => {
      const held = value[key]
      return isObject(held) ? Object.values(held) : []
    })
    const words = values.flatMap((each) => (typeof each === 'string' ? secretWords(each) : []))
    const addresses = Object.values(value).filter((each) => typeof each === 'string')
    return [...words, ...addresses.flatMap((each) => (URL.canParse(each) ? urlSecrets(new URL(each)) : []))]
  })
  return [...new Set(found)].sort((a, b) => b.length - a.length)
}

/** The text without them, and without anything else that looks like one. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  let masked = text
  for (const secret of secrets) {
    // Both files write a quote in a text with a backslash.
    for (const form of [secret, JSON.stringify(secret).slice(1, -1)]) masked = masked.replaceAll(form, '[masked]')
  }
  return maskTokens(masked)
}

/** What a value holds besides references to variables. An address in it is none, but for its keys. */
function secretWords(value: string): string[] {
  if (URL.canParse(value) && /^https?:/.test(value)) return urlSecrets(new URL(value))
  const words = value.replace(/\$\{[^}]*\}|\$[A-Za-z_]\w*/g, ' ').split(/[\s,;]+/)
  return words.filter((word) => word.length >= minLength && !openWords.has(word.toLowerCase()) && !word.endsWith(':'))
}
