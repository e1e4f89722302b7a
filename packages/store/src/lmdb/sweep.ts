import { rangeOf, removeRange, timedPrefix, type Database, type Key } from './database.js'
import { clearEvents } from './event-logs.js'
import { leave } from './groups.js'
import { timeOf } from './values.js'

/** How many old records each write looks at. More than one, so that the sweep is quicker than the growth. */
const lookedAtPerWrite = 4

/**
 * Removes what has ended, a little with each write, so that nobody needs a timer and what nobody asks for any more does
 * not stay on the disk for ever.
 */
export class Sweep {
  #after: Key = [timedPrefix]

  /** Inside a transaction. @param isAlive of a session's key: whether it was used after what its record says */
  step(database: Database, now: number, isAlive: (key: string) => boolean = () => false): void {
    const met = [...rangeOf(database, [timedPrefix], { after: this.#after, limit: lookedAtPerWrite })]
    for (const { key, value } of met) if (timeOf(value) <= now && !isAlive(String(key[2]))) remove(database, key)
    const last = met.at(-1)?.key
    // The last one is met again, which is cheaper than to know what comes after it.
    this.#after = met.length < lookedAtPerWrite || last === undefined ? [timedPrefix] : last
  }
}

function remove(database: Database, at: Key): void {
  const [, kind, first, second] = at
  const key = String(first)
  if (kind === 'm') {
    leave(database, key, String(second))
    return
  }
  database.removeSync(at)
  if (kind === 's') removeRange(database, ['r', key])
  else if (kind === 'h') clearEvents(database, key)
}
