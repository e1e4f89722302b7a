import { looksSecret, maskTokens } from '../log/mask-tokens.js'
import { printable } from '../log/printable.js'

/** How much of a text is looked at; a good deal less is shown. */
const maxQuoted = 1024

/** Shorter secrets are none (`"1"` is a counted id), and masking them would eat every digit of a text. */
const minSecretLength = 4

/** A server's text for an error or a log: one short line, the given secrets and whatever looks like one masked. */
export function redact(text: string, secrets: Iterable<string | undefined> = []): string {
  let quoted = text
  // The long ones first, so that one that contains another is masked whole; and all of them before the text is cut,
  // because half a secret is not found.
  for (const secret of longestFirst(secrets)) quoted = quoted.replaceAll(secret, '[masked]')
  return printable(maskTokens(beginningOf(quoted)).replace(/\s+/g, ' '))
}

/** What a server might quote back of the headers: credentials, not what we all send. */
export function headerSecrets(headers: Headers): string[] {
  const values = [...headers].filter(([name]) => !ordinaryHeaders.has(name)).map(([, value]) => value)
  return values.flatMap((value) => [value, ...value.split(/[\s,;]+/).flatMap(secretWords)])
}

/** What a server might quote back of its address: values in the query, and parts of the path that are keys. */
export function urlSecrets(url: URL): string[] {
  const raw = url.search.slice(1).split('&').flatMap(secretWords)
  return [...raw, ...url.searchParams.values(), ...url.pathname.split('/').filter(looksSecret)].filter(isSecret)
}

const ordinaryHeaders: ReadonlySet<string> = new Set(['accept', 'content-type', 'user-agent'])

/** Words of header values that tell nothing, and that a server's sentence needs. */
const openWords: ReadonlySet<string> = new Set(['basic', 'bearer', 'digest', 'token', 'true', 'false'])

/** A word, and the value in it when it is `name=value`. */
function secretWords(word: string): string[] {
  const value = word.slice(word.indexOf('=') + 1).replace(/^"|"$/g, '')
  return [word, value].filter(isSecret)
}

function isSecret(word: string): boolean {
  return word.length >= minSecretLength && !openWords.has(word.toLowerCase())
}

function longestFirst(secrets: Iterable<string | undefined>): string[] {
  const given = [...new Set(secrets)].filter((secret) => secret !== undefined)
  return given.filter(({ length }) => length >= minSecretLength).sort((a, b) => b.length - a.length)
}

/** The beginning of a text. A run of characters that is cut could be half a token: it is masked. */
function beginningOf(text: string): string {
  if (text.length <= maxQuoted) return text
  let end = maxQuoted
  while (end > 0 && /[\w-]/.test(text.charAt(end - 1))) end--
  return `${text.slice(0, end)}[masked]`
}
