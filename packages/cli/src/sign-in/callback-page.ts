/** What the page says when the browser comes back. */
export interface CallbackPage {
  readonly status: number
  readonly title: string
  readonly text: string
}

/** The page as it is sent. It loads nothing, and what it says is escaped. */
export function pageHtml({ title, text }: CallbackPage): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; margin: 20vh auto 0; max-width: 32rem; padding: 0 1rem }
@media (prefers-color-scheme: dark) { body { background: #111; color: #eee } }
</style>
<h1>${escaped(title)}</h1>
<p>${escaped(text)}</p>
</html>
`
}

export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  connection: 'close',
} as const

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
