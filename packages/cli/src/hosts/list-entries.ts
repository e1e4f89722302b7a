import { displayUrl } from '../log/display-url.js'
import { printable } from '../log/printable.js'
import { UsageError } from '../command/usage-error.js'
import type { HostsContext } from './context.js'
import { findHost } from './find-host.js'
import { HostFileError } from './host-file-error.js'
import type { Host, HostEntry } from './host.js'
import { hosts } from './known/host-table.js'
import { locateAll, type Place } from './locate.js'
import { openConfig } from './opened-config.js'
import { bridgedUrl } from './read-bridge.js'

export interface ListRequest {
  /** All of them if absent. */
  readonly host: string | undefined
  readonly scope: string | undefined
  readonly file: string | undefined
}

/**
 * `mcp-tether list`: what the hosts' configurations say about servers. A file that can't be read does not keep the
 * others from being shown; the error comes at the end.
 */
export async function listEntries(request: ListRequest, context: HostsContext): Promise<void> {
  const asked = request.host === undefined ? hosts : [findHost(request.host)]
  if (request.host === undefined && (request.file !== undefined || request.scope !== undefined)) {
    throw new UsageError('--scope and --file were given without a host; expected mcp-tether list <host>')
  }
  const problems: string[] = []
  let shown = 0
  for (const host of asked) {
    try {
      for (const place of await locateAll(host, request, context.machine)) {
        const lines = await describePlace(host, place, problems)
        if (lines.length === 0) continue
        shown++
        context.print(`${[`${host.title}, ${place.scope}: ${place.path}`, ...lines].join('\n')}\n`)
      }
    } catch (error) {
      problems.push(messageOf(error))
    }
  }
  const [first, ...rest] = problems
  for (const problem of rest) context.tell(problem)
  if (first !== undefined) throw new HostFileError(first)
  if (shown === 0) context.tell(`no servers in the configuration of ${asked.map(({ title }) => title).join(', ')}`)
}

async function describePlace(host: Host, place: Place, problems: string[]): Promise<string[]> {
  try {
    const { document } = await openConfig(host, place)
    const width = Math.max(0, ...document.entries.map(({ name }) => printable(name, 64).length))
    return document.entries.map(
      ({ name, value }) => `  ${printable(name, 64).padEnd(width)}  ${describe(host.read(value))}`,
    )
  } catch (error) {
    problems.push(messageOf(error))
    return []
  }
}

function describe(entry: HostEntry): string {
  const url = bridgedUrl(entry)
  if (url !== undefined) return `bridged  ${addressOf(url)}`
  switch (entry.kind) {
    case 'http':
      return `http     ${addressOf(entry.url)}`
    case 'untranslatable':
      return `http     ${addressOf(entry.url)}  (wrap leaves it alone: ${printable(entry.reason, 120)})`
    case 'command':
      return `program  ${printable(entry.command, 80)}`
    case 'other':
      return 'other'
  }
}

function addressOf(url: string): string {
  return URL.canParse(url) ? displayUrl(new URL(url)) : printable(url, 80)
}

function messageOf(error: unknown): string {
  if (error instanceof UsageError) return error.message
  throw error
}
