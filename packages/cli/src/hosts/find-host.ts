import { closest, distance } from 'fastest-levenshtein'
import { UsageError } from '../command/usage-error.js'
import { printable } from '../log/printable.js'
import type { Host } from './host.js'
import { hosts } from './known/host-table.js'

/** The host of that name or alias; "Claude Code" is as good as `claude-code`. */
export function findHost(given: string): Host {
  const name = given
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, '-')
  const found = hosts.find(({ id, aliases }) => id === name || aliases.includes(name))
  if (found !== undefined) return found
  const known = hosts.flatMap(({ id, aliases }) => [id, ...aliases])
  const guess = closest(name, known)
  const hint = distance(name, guess) <= Math.min(3, guess.length / 2) ? ` Did you mean ${guess}?` : ''
  throw new UsageError(
    `"${printable(given, 40)}" is no host that mcp-tether knows; expected one of ` +
      `${hosts.map(({ id }) => id).join(', ')}.${hint}`,
  )
}
