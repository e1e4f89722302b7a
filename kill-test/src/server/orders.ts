/** What a server process is started with, as JSON in its only argument. */
export interface ServerOptions {
  readonly major: 'v1' | 'v2'
  readonly store: StorePlace
  /** The file that all processes write their evidence to. */
  readonly evidence: string
  /** Module of @mcp-tether/server: the workspace's, or one with a bug in it. */
  readonly sessionsModule: string
}

export type StorePlace =
  { readonly kind: 'lmdb'; readonly directory: string } | { readonly kind: 'redis'; readonly url: string }

/** From the run to a process that has loaded its modules: it is its turn. */
export interface ServerOrder {
  readonly instance: string
  /** 0: any. */
  readonly port: number
}

/** From a process to the run. */
export type ServerReport = { readonly state: 'loaded' } | { readonly state: 'listening'; readonly port: number }
