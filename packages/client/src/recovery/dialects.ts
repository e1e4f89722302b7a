/**
 * Known answers other than 404 by which real servers report a lost session. Each can be switched off, for the server
 * that means something else by it.
 */
export interface DialectOptions {
  /**
   * 400 whose text says that the session id is not valid or not known, and which is no answer to this very request:
   * the official reference server, servers on the official TypeScript SDK's older example, Python SDK up to 1.25.
   * @default true
   */
  readonly invalidSessionId?: boolean
  /**
   * 400 "Server not initialized" and its kin: a server that keeps one transport for everybody and was restarted.
   * @default true
   */
  readonly serverNotInitialized?: boolean
}
