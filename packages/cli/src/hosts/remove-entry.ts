import { printable } from '../log/printable.js'
import { UsageError } from '../command/usage-error.js'
import { applyChange, showChange, untilUndisturbed } from './apply-change.js'
import type { ChangeOptions, HostsContext } from './context.js'
import { isSamePlace, WrapRecords } from './file/wrap-record.js'
import { findHost } from './find-host.js'
import { HostFileError } from './host-file-error.js'
import { locateAll } from './locate.js'
import { naming, openConfig, type OpenedConfig } from './opened-config.js'
import { bridgedUrl } from './read-bridge.js'

export interface RemoveRequest extends ChangeOptions {
  readonly host: string
  readonly name: string
}

/** `mcp-tether remove`: takes an entry that starts the bridge out of a host's configuration. */
export function removeEntry(request: RemoveRequest, context: HostsContext): Promise<void> {
  return untilUndisturbed(() => removeOnce(request, context))
}

async function removeOnce(request: RemoveRequest, context: HostsContext): Promise<void> {
  const { name } = request
  const host = findHost(request.host)
  const places = await locateAll(host, request, context.machine)
  const configs: OpenedConfig[] = []
  for (const place of places) configs.push(await openConfig(host, place))
  const holding = configs.filter(({ document }) => document.entries.some((entry) => entry.name === name))
  const [config, ...more] = holding
  if (config === undefined) throw notFound(name, configs)
  if (more.length > 0) {
    throw new UsageError(
      `"${name}" is in ${holding.map(({ place }) => `${place.path} (--scope ${place.scope})`).join(' and in ')}; ` +
        'say which one with --scope',
    )
  }
  const { place, file, document } = config
  const entry = document.entries.find((each) => each.name === name)
  if (bridgedUrl(host.read(entry?.value)) === undefined) {
    throw new HostFileError(
      `"${name}" in ${place.path} does not start mcp-tether, so it is left alone; remove it in ${host.title}`,
    )
  }
  const text = await naming(place.path, () => document.remove(name))
  if (request.print) {
    context.print(await showChange(config, text))
    return
  }
  const records = new WrapRecords(context.recordDirectory, file.target)
  const notes: string[] = []
  const after = async (): Promise<void> => {
    const wrapped = await records.read()
    const others = wrapped.filter((each) => !isSamePlace(each, { section: place.section, name }))
    if (others.length === wrapped.length) return
    await records.write(others)
    notes.push(`${name} had been an entry of ${host.title} itself before wrap; unwrap would have brought it back`)
  }
  await applyChange(config, { text, done: `removed ${name} from ${host.title}`, after }, context)
  for (const note of notes) context.tell(note)
}

function notFound(name: string, configs: readonly OpenedConfig[]): HostFileError {
  const where = [...new Set(configs.map(({ place }) => place.path))].join(' or ')
  const names = configs.flatMap(({ document }) => document.entries.map((entry) => entry.name))
  const there = names.length === 0 ? 'there are no servers' : `there are ${printable(names.join(', '), 300)}`
  return new HostFileError(`no entry "${printable(name, 80)}" in ${where}; ${there}`)
}
