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
  /**
   * 401 "Session not found" without `WWW-Authenticate`, so that there is nothing to sign in to: rmcp up to 0.16.
   * @default true
   */
  readonly sessionNotFoundAs401?: boolean
  /**
   * 401 "Unauthorized: No valid session ID provided" with `WWW-Authenticate`, to a request that brought a token: fastmcp
   * for TypeScript on mcp-proxy 6.5.4 to 6.7.16. A new session is tried before the client signs in again.
   * @default true
   */
  readonly noValidSessionAs401?: boolean
  /**
   * 410 whose text names the session: go-sdk 0.2.
   * @default true
   */
  readonly sessionGoneAs410?: boolean
  /**
   * 200 with the JSON-RPC error -32005 that names the session: tower-mcp.
   * @default true
   */
  readonly sessionErrorInOk?: boolean
  /**
   * 200 with the JSON-RPC error -32600 "Invalid Request" and `id: null`, to a method that this session had been
   * answered before: zilla up to 2.4.
   * @default true
   */
  readonly invalidRequestInOk?: boolean
  /**
   * 200 with `{"error":"Session not found"}`: keryx before August 2026.
   * @default true
   */
  readonly errorTextInOk?: boolean
  /**
   * 200 with a JSON-RPC error that asks for `initialize` first: go-sdk, Quarkus and tower-mcp, when no session id reached
   * them.
   * @default true
   */
  readonly initializeFirstInOk?: boolean
  /**
   * 500 "Session service terminated": rmcp, whose session has died and is still known. The session is renewed, but
   * whether the request was run is unknown.
   * @default true
   */
  readonly sessionTerminatedAs500?: boolean
  /**
   * 500 of a gateway that quotes the 404 by which the server behind it reported the loss: Envoy AI Gateway. The session
   * is renewed, but whether the request was run is unknown.
   * @default true
   */
  readonly wrappedLossAs500?: boolean
  /**
   * 500, 502 or 503 again and again, to a `ping` on the session too, while a fresh `initialize` works: neotoma before
   * September 2026, Microsoft's mcp-gateway. The session is renewed. After 500 and 502, whether the request was run is
   * unknown.
   * @default true
   */
  readonly persistentServerError?: boolean
}
