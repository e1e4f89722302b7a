import { type Cookie, CookieJar } from 'tough-cookie'

/** What RFC 6265, 6.1 asks of a client at least: more is no cookie for a load balancer. */
const maxCookieLength = 4096
const maxCookies = 100

/** The cookies of one bridge. Never more than {@link maxCookies}: the oldest goes first. */
export class CookieKeeper {
  readonly #jar = new CookieJar()
  readonly #kept = new Map<string, Cookie>()

  /** @param given `Set-Cookie` headers. What is no cookie, or none for this address, is passed over. */
  async keep(given: readonly string[], url: URL): Promise<void> {
    for (const text of given) {
      if (text.length > maxCookieLength) continue
      const cookie = await this.#jar.setCookie(text, url.href, { ignoreError: true })
      if (cookie) await this.#count(cookie)
    }
  }

  /** The value of a `Cookie` header, or an empty text. */
  async cookiesFor(url: URL, except: ReadonlySet<string>): Promise<string> {
    const cookies = await this.#jar.getCookies(url.href)
    return cookies
      .filter(({ key }) => !except.has(key))
      .map((cookie) => cookie.cookieString())
      .join('; ')
  }

  async #count(cookie: Cookie): Promise<void> {
    const { domain, path, key } = cookie
    const name = `${domain ?? ''} ${path ?? ''} ${key}`
    this.#kept.delete(name)
    this.#kept.set(name, cookie)
    if (this.#kept.size <= maxCookies) return
    for (const [oldest, old] of this.#kept) {
      this.#kept.delete(oldest)
      await this.#jar.store.removeCookie(old.domain, old.path, old.key)
      return
    }
  }
}
