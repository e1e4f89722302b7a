/** What the user does where a page asks. */
export type Decision = 'agree' | 'cancel'

/**
 * A user in a browser, reduced to its requests: follows redirects with cookies, and signs in and agrees (or cancels)
 * wherever a page has a form for it. Resolves with the query of the redirect to `redirectUrl`.
 */
export async function signIn(
  authorizationUrl: URL,
  redirectUrl: string,
  decision: Decision = 'agree',
): Promise<URLSearchParams> {
  const end = await walk({ url: authorizationUrl }, (url) => url.href.startsWith(redirectUrl), decision)
  if (end.kind === 'page') throw new Error(`No form to fill in: ${end.text.slice(0, 500)}`)
  return end.url.searchParams
}

/** The same, all the way: the redirect is followed, and the page at its end read. */
export async function visit(authorizationUrl: URL, decision: Decision = 'agree'): Promise<string> {
  const redirectUri = authorizationUrl.searchParams.get('redirect_uri') ?? ''
  const params = await signIn(authorizationUrl, redirectUri, decision)
  const response = await fetch(`${redirectUri}?${params.toString()}`)
  return response.text()
}

/** A user who was given an address and a code (RFC 8628, 3.3). */
export async function enterCode(verificationUri: string, decision: Decision = 'agree'): Promise<string> {
  const end = await walk({ url: new URL(verificationUri) }, () => false, decision)
  return end.kind === 'page' ? end.text : ''
}

interface Step {
  readonly url: URL
  readonly form?: URLSearchParams
}

type End = { readonly kind: 'redirect'; readonly url: URL } | { readonly kind: 'page'; readonly text: string }

async function walk(start: Step, isEnd: (url: URL) => boolean, decision: Decision): Promise<End> {
  const cookies = new Map<string, string>()
  let step = start
  for (let steps = 0; steps < maxSteps; steps++) {
    const response = await fetch(step.url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map((cookie) => cookie.join('=')).join('; ') },
      ...(step.form && { method: 'POST', body: step.form }),
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    const location = response.headers.get('location')
    const page = await response.text()
    if (location === null) {
      if (step.form?.has('abort')) return { kind: 'page', text: page }
      const next = decision === 'cancel' ? cancelled(page, step.url) : filledIn(page, step.url)
      if (!next) return { kind: 'page', text: page }
      step = next
      continue
    }
    const url = new URL(location, step.url)
    if (isEnd(url)) return { kind: 'redirect', url }
    step = { url }
  }
  throw new Error(`There was no end within ${String(maxSteps)} steps`)
}

const maxSteps = 20

function filledIn(page: string, url: URL): Step | undefined {
  const action = /<form[^>]* action="([^"]+)"/.exec(page)?.[1]
  if (action === undefined) return undefined
  const hidden = [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(
    ([, name = '', value = '']): [string, string] => [name, value],
  )
  return { url: new URL(action, url), form: new URLSearchParams([...hidden, ['login', 'ada'], ['password', 'any']]) }
}

function cancelled(page: string, url: URL): Step | undefined {
  const href = /href="([^"]+\/abort)"/.exec(page)?.[1]
  if (href !== undefined) return { url: new URL(href, url) }
  const step = filledIn(page, url)
  if (step?.form?.has('confirm') === true) {
    step.form.delete('confirm')
    step.form.set('abort', 'yes')
  }
  return step
}
