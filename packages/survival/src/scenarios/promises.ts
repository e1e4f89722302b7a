/** The promises of the design, by their number, each in one sentence. */
export const promises = {
  P1: 'What was never sent is sent when the server is there: connections refused, cut or not there yet.',
  P2: 'What the server refused because it lost the session is sent again in a new one, in whatever words it refuses.',
  P3: 'What may have run is run again only if that is safe; otherwise the caller is told to verify it.',
  P4: 'A server that is not ready is waited for.',
  P5: 'Everything is bounded: tries, waits, recoveries.',
  P6: 'One recovery at a time, and a late answer of an old session changes nothing.',
  P7: 'Signing in is the client’s own affair, and is never taken for a loss.',
  P8: 'Nothing is forgotten: log level, subscriptions, the standalone stream, what there was to list.',
  P9: 'Nothing comes back from the dead: cancelled calls, old questions, sessions that were closed.',
  P10: 'Nothing is seen of it while nothing is lost.',
  P11: 'When recovery fails, the error says what was tried, how often, for how long, and why it failed.',
} as const

/** One of the promises. */
export type Promised = keyof typeof promises
