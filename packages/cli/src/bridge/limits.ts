/** Largest message that is read or written, in bytes or characters: half of the longest string that Node can hold. */
export const maxMessageSize = 256 * 1024 * 1024

/** A JSON answer that is larger goes to the host by way of a temporary file, in bytes. */
export const maxHeldAnswerBytes = 1024 * 1024
/** The largest of those, and all of them together. */
export const maxLargeAnswerBytes = 1024 * 1024 * 1024
export const maxSpooledBytes = 4 * maxLargeAnswerBytes
/** Of those, what must be looked into (a batch, an error) may be this large, in bytes. */
export const maxExaminedAnswerBytes = 16 * 1024 * 1024

/** Most requests that wait for their answer at once. The others wait for their turn. */
export const maxRequestsInFlight = 1_000

/** How much may wait for its turn before the host's messages are no longer read. */
export const maxWaitingMessages = 1_000
export const maxWaitingBytes = 64 * 1024 * 1024

/** How long a ping of our own may take, an outage and a recovery included. */
export const pingMs = 90_000

/** How long a call stream may stay open after everything that it was opened for has been answered. */
export const lingerMs = 10_000

/** How long `notifications/initialized` may hold up what comes after it. */
export const maxAcknowledgeMs = 5_000

/** How long the closing of a session may take that another one has replaced. */
export const closeFormerMs = 5_000

/** How long to wait before a call stream is resumed, when the server does not say, and at most. */
export const resumeDelayMs = 1_000
export const maxResumeDelayMs = 30_000
/** How many times in a row a resumption may bring nothing new. */
export const maxBarrenResumptions = 5

/** Shutdown, in total: host SDKs give 2 s, or 1 s, before they end the process themselves. */
export const shutdownMs = 1_500
/** The part of it that answers in flight get; the rest is for closing the session. */
export const shutdownAnswersMs = 1_100
