/** A server, or what stands before it, that fails instead of saying that it does not know the session. */
const suspicious: ReadonlySet<number> = new Set([500, 502, 503])

/** An error or two are the server's own affair. */
const minErrors = 3

/**
 * Whether it is worth asking if a session is lost although no answer says so, because the server fails on it again and
 * again. Asked at the third error in a row, and then each time their number has doubled: a real outage shall not be made
 * worse by questions.
 * @param errors server errors in a row on this session, with this one
 */
export function isWorthAsking(status: number, errors: number): boolean {
  return suspicious.has(status) && errors % minErrors === 0 && Number.isInteger(Math.log2(errors / minErrors))
}

/** Whether a status is one of those by which a server fails on a session that it does not know. */
export function isSuspicious(status: number): boolean {
  return suspicious.has(status)
}
