import type { Rule } from '../case-file.js'

/**
 * The standalone stream: what the server confirmed to have announced comes, once, in its order. What was not confirmed may
 * come or not, once; and so may what was on its way when the session was deleted.
 */
export const announcements: Rule = function* ({ sessions, operationsOf, evidence }) {
  const confirmed = new Set(
    evidence.flatMap(({ what, key }) => (what === 'announced' && key !== undefined ? [key] : [])),
  )
  for (const { name, received, isOpen, isBusyAtEnd } of sessions) {
    if (!isOpen) continue
    const announced = operationsOf(name).filter(({ operation }) => operation === 'announce')
    const known = new Set(announced.map(({ count }) => count))
    for (const [index, number] of received.entries()) {
      if (!known.has(number)) yield `${name} was told announcement ${number}, which nobody made`
      if (index > 0 && number <= (received[index - 1] ?? 0)) {
        yield `${name} was told announcement ${number} after ${received[index - 1] ?? 0}`
      }
    }
    const told = new Set(received)
    const last = isBusyAtEnd ? (received.at(-1) ?? 0) : Infinity
    for (const { key, count = 0 } of announced) {
      if (count <= last && confirmed.has(key) && !told.has(count))
        yield `${name} was never told announcement ${count} (${key})`
    }
  }
}
