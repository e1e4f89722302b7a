import { UsageError } from '../command/usage-error.js'
import { printable } from '../log/printable.js'
import { applyChange, showChange } from './apply-change.js'
import type { ChangeOptions, HostsContext } from './context.js'
import type { ConfigDocument } from './document/document.js'
import { refuseReadOnly } from './file/write-config-file.js'
import { withEntries, type WrappedEntry, WrapRecords } from './file/wrap-record.js'
import { findHost } from './find-host.js'
import type { Host } from './host.js'
import { locate, type Place } from './locate.js'
import { naming, openConfig, openText, type OpenedConfig } from './opened-config.js'
import { translate } from './translate.js'
import { bridgedUrl } from './read-bridge.js'

export interface WrapRequest extends ChangeOptions {
  readonly host: string
  /** The entries to be changed; all of them if empty. */
  readonly names: readonly string[]
  /** Do not ask. */
  readonly yes: boolean
}

/** `mcp-tether wrap`: turns the entries that a host connects to over HTTP itself into bridged ones. */
export async function wrapEntries(request: WrapRequest, context: HostsContext): Promise<void> {
  const host = findHost(request.host)
  refuseWithoutAnswer('wrap', request, context)
  const config = await openConfig(host, await locate(host, request, context.machine))
  refuseUnknownNames(request.names, config)
  const { text, wrapped, notes } = await plan(config, request.names, context)
  for (const note of notes) context.tell(note)
  if (wrapped.length === 0) {
    context.tell(`nothing to wrap in ${config.place.path}${elsewhere(host, config.place, context)}`)
    return
  }
  if (!request.print) refuseReadOnly(config.file)
  if (!(await isWanted(await showChange(config, text), request, context))) return
  const records = new WrapRecords(context.recordDirectory, config.file.target)
  const names = wrapped.map(({ name }) => name).join(', ')
  const before = async (): Promise<void> => {
    await records.write(withEntries(await records.read(), wrapped))
  }
  await applyChange(config, { text, done: `bridged ${names} in ${host.title}`, before }, context)
  context.tell(`mcp-tether unwrap ${host.id} brings the original entries back, which are kept in ${records.path}`)
}

interface Plan {
  readonly text: string
  readonly wrapped: readonly WrappedEntry[]
  readonly notes: readonly string[]
}

async function plan(config: OpenedConfig, names: readonly string[], context: HostsContext): Promise<Plan> {
  const { host, place, file } = config
  const wrapped: WrappedEntry[] = []
  const notes: string[] = []
  let { text } = file
  let document: ConfigDocument = config.document
  for (const { name, value, text: original } of config.document.entries) {
    if (names.length > 0 && !names.includes(name)) continue
    const entry = host.read(value)
    const translated = translate(host, entry, context.machine.platform)
    if (translated === undefined) {
      if (names.length > 0) notes.push(`${name} is left alone: ${whyNot(entry)}`)
      continue
    }
    if ('reason' in translated) {
      notes.push(`${name} is left alone: ${translated.reason}`)
      continue
    }
    notes.push(...translated.notes.map((note) => `${name}: ${note}`))
    const current = document
    text = await naming(place.path, () => current.replace(name, translated.entry))
    document = await openText(host, place, text)
    wrapped.push({ section: place.section, name, original, wrapped: translated.entry })
  }
  return { text, wrapped, notes }
}

function whyNot(entry: ReturnType<Host['read']>): string {
  if (bridgedUrl(entry) !== undefined) return 'it is bridged already'
  return 'it has no address, but starts a program'
}

function elsewhere(host: Host, place: Place, { machine }: HostsContext): string {
  const others = host.locations(machine).filter(({ scope }) => scope !== place.scope)
  return others.length === 0 ? '' : ` (other places: ${others.map(({ scope }) => `--scope ${scope}`).join(', ')})`
}

/** Throws a UsageError where a question would have nobody to answer it. */
export function refuseWithoutAnswer(
  command: string,
  { yes, print }: Pick<WrapRequest, 'yes' | 'print'>,
  { confirm }: HostsContext,
): void {
  if (yes || print || confirm !== undefined) return
  throw new UsageError(
    `${command} asks before it changes a file, and there is no terminal to ask on; ` +
      'give --yes, or --print to see the change only',
  )
}

/** Throws a UsageError for a name that no entry has. */
export function refuseUnknownNames(names: readonly string[], { document, place }: OpenedConfig): void {
  const known = document.entries.map(({ name }) => name)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown === undefined) return
  const there = known.length === 0 ? 'there are no servers' : `there are ${printable(known.join(', '), 300)}`
  throw new UsageError(`no entry "${printable(unknown, 80)}" in ${place.path}; ${there}`)
}

/** Shows the change, and asks if that is to be done. False if all has been said. */
export async function isWanted(
  change: string,
  { yes, print }: Pick<WrapRequest, 'yes' | 'print'>,
  context: HostsContext,
): Promise<boolean> {
  if (print) {
    context.print(change)
    return false
  }
  if (yes) return true
  for (const line of change.trimEnd().split('\n')) context.tell(line)
  if (await context.confirm?.()) return true
  context.tell('nothing was changed')
  return false
}
