/**
 * A server's or a host's text, made fit for one line of a terminal: control characters (escape sequences among them)
 * become spaces, and length is bounded.
 */
export function printable(text: string, maxLength = 200): string {
  // eslint-disable-next-line no-control-regex -- they are what this is about
  const line = text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, ' ').trim()
  return line.length > maxLength ? `${line.slice(0, maxLength)}…` : line
}
