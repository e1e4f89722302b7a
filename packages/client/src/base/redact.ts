const maxQuotedLength = 200

/** Anything long that could be an id or a token: 16 or more token characters with a digit among them. */
const secretLike = /(?=[\w-]*\d)[\w-]{16,}/g

/**
 * Text of a server, made fit for a log or an error: one line, at most 200 characters, the given secrets and whatever
 * looks like one masked. Servers put session ids into their messages, and not only the ids we know.
 */
export function redact(text: string, secrets: Iterable<string | undefined> = []): string {
  let quoted = text
  for (const secret of secrets) {
    // A counted id ("1") is no secret, and masking it would eat every digit of the message.
    if (secret !== undefined && secret.length >= 4) quoted = quoted.replaceAll(secret, '[masked]')
  }
  quoted = quoted.replace(secretLike, '[masked]').replace(/\s+/g, ' ').trim()
  return quoted.length > maxQuotedLength ? `${quoted.slice(0, maxQuotedLength)}…` : quoted
}
