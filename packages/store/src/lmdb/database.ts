import type { RootDatabase } from 'lmdb'

/** Keys are lists that begin with the kind of the record; LMDB keeps them in order. */
export type Key = (string | number)[]
export type Database = RootDatabase<Buffer, Key>

/** Records that end by themselves, under one prefix, so that a sweep finds them all. */
export const timedPrefix = 't'
export const sessionAt = (key: string): Key => [timedPrefix, 's', key]
export const logsAt = (key: string): Key => [timedPrefix, 'h', key]
export const leaseAt = (key: string, name: string): Key => [timedPrefix, 'l', key, name]
export const memberAt = (group: string, member: string): Key => [timedPrefix, 'm', group, member]

export const requestAt = (key: string, field: string): Key => ['r', key, field]
export const eventAt = (key: string, log: string, position: number): Key => ['e', key, log, position]
export const groupSizeAt = (group: string): Key => ['n', group]
export const noticeAt = (position: number): Key => ['b', position]

/** Above every text and number that comes after a prefix. */
const highest = '￿'

export function* rangeOf(
  database: Database,
  prefix: Key,
  { after, reverse = false, limit }: { after?: Key; reverse?: boolean; limit?: number } = {},
): Generator<{ key: Key; value: Buffer }> {
  const bottom = after ?? prefix
  const top = [...prefix, highest]
  yield* database.getRange({
    start: reverse ? top : bottom,
    end: reverse ? bottom : top,
    reverse,
    ...(limit === undefined ? {} : { limit }),
  })
}

/** How many there are under a prefix; not more than `limit` are counted. */
export function countOf(database: Database, prefix: Key, limit: number): number {
  return database.getKeysCount({ start: prefix, end: [...prefix, highest], limit })
}

/** Inside a transaction: removes all that is under a prefix. */
export function removeRange(database: Database, prefix: Key): void {
  // Taken before anything is removed: a cursor does not like its entries to go.
  for (const { key } of [...rangeOf(database, prefix)]) database.removeSync(key)
}
