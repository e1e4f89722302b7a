/** How long an event stream may take to bring its `endpoint` event. It is the first thing that a server says on it. */
export const endpointTimeoutMs = 10_000

/** Longest wait that a server's `retry` is given before its stream is opened again: a recovery has its own deadline. */
export const maxRetryMs = 5_000
