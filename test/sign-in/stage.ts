import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { type FetchLike, type SessionEvent, withSessionRecovery } from '@mcp-tether/client'
import { vi } from 'vitest'
import { authorize } from '../../packages/cli/src/sign-in/authorizer.js'
import type { SignInEnvironment } from '../../packages/cli/src/sign-in/environment.js'
import type { SignInSettings } from '../../packages/cli/src/sign-in/settings.js'
import { SignIn } from '../../packages/cli/src/sign-in/sign-in.js'
import { storedToken } from '../../packages/cli/src/sign-in/token-of.js'
import { withSignIn } from '../../packages/cli/src/sign-in/with-sign-in.js'
import { CredentialFiles } from '../../packages/cli/src/user-state/credential-store.js'
import { AuthorizationServer, type AuthorizationServerSettings } from '../oauth/authorization-server.js'
import { type Order, ProtectedServer } from '../oauth/protected-server.js'
import { type Decision, visit } from '../oauth/user-agent.js'
import { Changes } from '../transparency/changes.js'
import { serveV2 } from '../transparency/sdk-servers.js'

export interface Casting {
  readonly order?: Order
  readonly settings?: SignInSettings
  readonly issuer?: AuthorizationServerSettings
  /** What the user does at the browser; `away`: nothing. */
  readonly user?: Decision | 'away'
  readonly variables?: Readonly<Record<string, string>>
}

const closers: (() => unknown)[] = []

/** Ends whatever a test has started, the last first. */
export async function closeAll(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close()
  vi.restoreAllMocks()
}

/** A bridge's sign-in and session recovery in this process, a real client, a real server and its authorization server. */
export class Stage extends Changes {
  /** What the browser was opened with. */
  readonly opened: URL[] = []
  readonly pages: string[] = []
  readonly said: string[] = []
  readonly events: SessionEvent[] = []
  readonly store: CredentialFiles
  /** May be changed in the middle of a test. */
  user: Decision | 'away'
  readonly issuer: AuthorizationServer
  readonly server: ProtectedServer
  readonly #casting: Casting

  private constructor(issuer: AuthorizationServer, server: ProtectedServer, directory: string, casting: Casting) {
    super()
    this.issuer = issuer
    this.server = server
    this.user = casting.user ?? 'agree'
    this.#casting = casting
    const warn = (message: string): void => void this.said.push(message)
    this.store = new CredentialFiles({ directory, platform: process.platform, userId: process.getuid?.(), warn })
  }

  static async set(casting: Casting = {}): Promise<Stage> {
    // oidc-provider warns of everything that is fit for tests only, the SDK of tokens that were refused.
    for (const level of ['info', 'warn'] as const) vi.spyOn(console, level).mockImplementation(() => undefined)
    const issuer = await AuthorizationServer.start(casting.issuer)
    closers.push(() => issuer.close())
    const server = await ProtectedServer.start(serveV2, issuer, casting.order ?? 'token first')
    closers.push(() => server.close())
    const directory = await mkdtemp(join(tmpdir(), 'mcp-tether-sign-in-'))
    closers.push(() => rm(directory, { recursive: true }))
    return new Stage(issuer, server, directory, casting)
  }

  /** What a bridge that starts now has in its hands. */
  signIn(settings: SignInSettings = {}, onFailure?: () => void): SignIn {
    return this.signInTo(this.server.url, settings, onFailure)
  }

  /** The same for another server. */
  signInTo(server: URL, settings: SignInSettings = {}, onFailure?: () => void): SignIn {
    const all = { ...this.#casting.settings, ...settings }
    const { store } = this
    const say = (text: string): void => {
      this.said.push(text)
      this.changed()
    }
    const environment: SignInEnvironment = {
      ...{ server, settings: all, store, headers: new Headers(), version: '0.0.1', platform: 'linux' },
      variables: this.#casting.variables ?? { DISPLAY: ':0' },
      fetch: (url, init) => fetch(url, { ...init, redirect: 'manual' }),
      log: { info: say, warn: say, detail: say, verbose: false },
      openBrowser: (url) => {
        this.opened.push(new URL(url))
        this.changed()
        if (this.user !== 'away') void visit(new URL(url), this.user).then((page) => this.pages.push(page))
        return Promise.resolve()
      },
    }
    const signIn = new SignIn({
      timeoutMs: all.signInTimeout ?? 30_000,
      stored: async () => {
        const stored = await store.read(server)
        return stored && storedToken(stored, { origin: 'stored', useIdToken: false })
      },
      renew: (need, signal) => authorize(environment, need, signal),
      ...(onFailure && { onFailure }),
    })
    closers.push(() => signIn.close(2_000))
    return signIn
  }

  /** The fetch of a bridge that starts now. */
  bridgeFetch(settings: SignInSettings = {}): FetchLike {
    const recovering = withSessionRecovery({
      authorizationTimeout: settings.signInTimeout ?? this.#casting.settings?.signInTimeout ?? 30_000,
      onEvent: (event) => this.events.push(event),
    })
    const signIn = this.signIn(settings, recovering.signInFailed)
    return withSignIn(signIn, this.server.url)(recovering((url, init) => fetch(url, init)))
  }

  /** A client that has connected through a bridge that starts now, and whose standalone stream is open. */
  async connect(settings: SignInSettings = {}): Promise<Client> {
    const from = this.server.seen.length
    const client = new Client({ name: 'host', version: '0.0.1' })
    const reconnectionOptions = {
      ...{ initialReconnectionDelay: 600_000, maxReconnectionDelay: 600_000 },
      ...{ reconnectionDelayGrowFactor: 1, maxRetries: 0 },
    }
    const fetch = this.bridgeFetch(settings)
    await client.connect(new StreamableHTTPClientTransport(this.server.url, { fetch, reconnectionOptions }))
    closers.push(() => client.close())
    await this.server.until(() => this.server.seen.slice(from).some(({ what, status }) => what === 'GET' && status > 0))
    return client
  }

  /** The server is a fresh process, and every access token is over. */
  async loseEverything(): Promise<void> {
    await this.issuer.expireAccessTokens()
    this.server.loseSessions()
  }

  /** Holds every `tools/call` until this many of them are there, so that all of them meet the same state. */
  gather(count: number): void {
    const { length } = this.server.seen
    this.server.before = async ({ what }) => {
      if (what !== 'tools/call') return
      await this.server.until(() => this.server.seen.slice(length).filter((it) => it.what === what).length >= count)
    }
  }
}

/** Calls the tool `echo`. Resolves with the text that came back. */
export async function echo(client: Client, text: string): Promise<string> {
  const { content } = await client.callTool({ name: 'echo', arguments: { text } })
  const [first] = content as { readonly text?: string }[]
  return first?.text ?? ''
}
