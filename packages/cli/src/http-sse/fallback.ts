/**
 * Whether the answer to an `initialize` that was POSTed lets one try the old transport (MCP 2025-11-25, Transports,
 * Backwards Compatibility): a server of it takes no POST at this address. Not 401 and 403, which ask for a sign-in, and
 * not 5xx, which speaks of a server that is not well.
 */
export function mayBeHttpSse(status: number): boolean {
  return status === 400 || status === 404 || status === 405
}

/** Whether the answer to the GET is what to go by, and no longer that to the POST: it asks for a sign-in. */
export function wantsSignIn(status: number): boolean {
  return status === 401 || status === 403
}
