/** Ids shorter than this can't be told from other digits in a text; servers that count their sessions make such. */
const SHORTEST = 8

/** Those of the ids and tokens that can be looked for in a text. */
export function findable(secrets: readonly string[]): readonly string[] {
  return [...new Set(secrets.filter((secret) => secret.length >= SHORTEST))]
}

/** `text` without the secrets: each is replaced by its number. */
export function mask(text: string, secrets: readonly string[]): string {
  return findable(secrets).reduce(
    (masked, secret, index) => masked.replaceAll(secret, `<id ${String(index + 1)}>`),
    text,
  )
}
