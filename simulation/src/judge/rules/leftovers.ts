import type { Rule } from '../case-file.js'

/** Nothing is left open (P5, P9). */
export const leftovers: Rule = function* (file) {
  const { final, wire, upstream } = file
  if (final.isRestless) yield 'it never came to rest'
  if (final.enginePending > 0) yield `${String(final.enginePending)} timers of the engine are left`
  for (const { index, what, ending, body, status } of wire) {
    if (body === 'open') yield `#${String(index)} ${what}: the body of its ${String(status)} was never read`
    if (ending === 'under-way' && body === undefined) yield `#${String(index)} ${what} was never given up`
  }
  for (const { number, id, client, isAlive, toldAt, refusedBy, deleted } of upstream) {
    // Who was told that a session is gone does not end it.
    if (!isAlive || id === undefined || toldAt === undefined || refusedBy !== undefined || deleted) continue
    const tried = wire.some(({ method, sessionId }) => method === 'DELETE' && sessionId === id)
    if (!tried) yield `session ${String(number)} of client ${String(client)} was left behind`
  }
}
