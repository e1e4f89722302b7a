import { printable } from '../log/printable.js'

/** Anything long that could be an id or a token: 16 or more token characters with a digit among them. */
const secretLike = /(?=[\w-]*\d)[\w-]{16,}/g

/** A server's text for an error or a log: one short line, the given secrets and whatever looks like one masked. */
export function redact(text: string, secrets: Iterable<string | undefined> = []): string {
  let quoted = text
  for (const secret of secrets) {
    // A counted id ("1") is no secret, and masking it would eat every digit of the text.
    if (secret !== undefined && secret.length >= 4) quoted = quoted.replaceAll(secret, '[masked]')
  }
  return printable(quoted.replace(secretLike, '[masked]').replace(/\s+/g, ' '))
}

/** The values that a server might quote back: credentials, not the headers that we all send. */
export function headerSecrets(headers: Headers): string[] {
  const values = [...headers].filter(([name]) => !['accept', 'content-type', 'user-agent'].includes(name))
  return values.flatMap(([, value]) => [value, ...value.split(/\s+/)]).filter((value) => value.length >= 8)
}
