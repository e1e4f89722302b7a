/**
 * A user in a browser, reduced to its requests: follows redirects with cookies, and signs in and agrees wherever a page
 * has a form for it. Resolves with the query of the redirect to `redirectUrl`.
 */
export async function signIn(authorizationUrl: URL, redirectUrl: string): Promise<URLSearchParams> {
  const cookies = new Map<string, string>()
  let request: { url: URL; form?: URLSearchParams } = { url: authorizationUrl }
  for (let steps = 0; steps < maxSteps; steps++) {
    const response = await fetch(request.url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map((cookie) => cookie.join('=')).join('; ') },
      ...(request.form && { method: 'POST', body: request.form }),
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    const location = response.headers.get('location')
    const page = await response.text()
    if (location === null) {
      request = filledIn(page, request.url)
      continue
    }
    const url = new URL(location, request.url)
    if (url.href.startsWith(redirectUrl)) return url.searchParams
    request = { url }
  }
  throw new Error(`There was no redirect to ${redirectUrl} within ${String(maxSteps)} steps`)
}

const maxSteps = 20

function filledIn(page: string, url: URL): { url: URL; form: URLSearchParams } {
  const action = /<form[^>]* action="([^"]+)"/.exec(page)?.[1]
  const prompt = /name="prompt" value="([^"]+)"/.exec(page)?.[1]
  if (action === undefined || prompt === undefined) throw new Error(`No form to fill in: ${page.slice(0, 500)}`)
  return { url: new URL(action, url), form: new URLSearchParams({ prompt, login: 'ada', password: 'any' }) }
}
