/** Shorter runs are words. */
const minTokenLength = 16
/** No word is this long, with a digit in it or without. */
const maxWordLength = 32

/** True for something long that could be an id or a token, and is hardly a word. */
export function looksSecret(text: string): boolean {
  return text.length >= minTokenLength && (text.length >= maxWordLength || /\d/.test(text))
}

/** Masks whatever looks like an id or a token. Its cost grows with the text's length only. */
export function maskTokens(text: string): string {
  return text.replace(/[\w-]{16,}/g, (run) => (looksSecret(run) ? '[masked]' : run))
}
