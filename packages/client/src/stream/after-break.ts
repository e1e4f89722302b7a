/** What is known of a call's event stream that ended without its answer, as plain data to decide by. */
export interface BrokenCall {
  /** The client took the request back, or ended the session: nobody waits for the answer. */
  readonly isUnwanted: boolean
  /** The upstream session that the stream was opened in is the current one, and known to live. */
  readonly isSessionCurrent: boolean
  /** The last event that was delivered whole has an id to go on after. */
  readonly hasEventId: boolean
  /** The server would not go on with it. */
  readonly isResumeRefused: boolean
}

/**
 * What to do about it:
 * - `close`: nothing;
 * - `resume`: ask for what came after the last event, in the same session only: another one would answer with silence
 *   (MCP 2025-11-25, Transports, Resumability and Redelivery);
 * - `ask-anew`: the outcome is unknown: send it again if that is safe, else say so.
 */
export function afterBreak(broken: BrokenCall): 'close' | 'resume' | 'ask-anew' {
  if (broken.isUnwanted) return 'close'
  return broken.isSessionCurrent && broken.hasEventId && !broken.isResumeRefused ? 'resume' : 'ask-anew'
}
