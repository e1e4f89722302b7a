const maxQuotedLength = 200

/** Longer than any quote, with room for what is masked. The rest of a server's text is not even looked at. */
const maxReadLength = 2_000

/** Anything long made of token characters: with a digit in it, it could be an id or a token. */
const longWord = /[\w-]{16,}/g

/**
 * Text of a server, made fit for a log or an error: one line, at most 200 characters, the given secrets and whatever
 * looks like one masked. Servers put session ids into their messages, and not only the ids we know.
 */
export function redact(text: string, secrets: Iterable<string | undefined> = []): string {
  let quoted = text.slice(0, maxReadLength)
  for (const secret of secrets) {
    // A counted id ("1") is no secret, and masking it would eat every digit of the message.
    if (secret !== undefined && secret.length >= 4) quoted = quoted.replaceAll(secret, '[masked]')
  }
  quoted = quoted.replace(longWord, (word) => (/\d/.test(word) ? '[masked]' : word))
  quoted = quoted.replace(/\s+/g, ' ').trim()
  return quoted.length > maxQuotedLength ? `${quoted.slice(0, maxQuotedLength)}…` : quoted
}
