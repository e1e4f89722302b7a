import { groupSizeAt, memberAt, rangeOf, timedPrefix, type Database, type Key } from './database.js'
import { timed, timeOf } from './values.js'

/** Inside a transaction: the group's size is counted along, so that nobody has to count a hundred thousand members. */
export function admit(
  database: Database,
  group: string,
  member: string,
  ttl: number,
  limit: number,
  now: number,
): boolean {
  const known = database.get(memberAt(group, member))
  if (known === undefined) {
    if (sizeOf(database, group) >= limit) dropExpired(database, group, now)
    if (sizeOf(database, group) >= limit) return false
    resize(database, group, 1)
  } else if (timeOf(known) <= now && sizeOf(database, group) > limit) {
    return false
  }
  database.putSync(memberAt(group, member), timed(now + ttl))
  return true
}

/** Inside a transaction. */
export function leave(database: Database, group: string, member: string): void {
  if (database.removeSync(memberAt(group, member))) resize(database, group, -1)
}

function dropExpired(database: Database, group: string, now: number): void {
  const expired: Key[] = []
  for (const { key, value } of rangeOf(database, [timedPrefix, 'm', group])) if (timeOf(value) <= now) expired.push(key)
  for (const key of expired) database.removeSync(key)
  if (expired.length > 0) resize(database, group, -expired.length)
}

function sizeOf(database: Database, group: string): number {
  const value = database.get(groupSizeAt(group))
  return value === undefined ? 0 : timeOf(value)
}

function resize(database: Database, group: string, by: number): void {
  const size = sizeOf(database, group) + by
  if (size <= 0) database.removeSync(groupSizeAt(group))
  else database.putSync(groupSizeAt(group), timed(size))
}
