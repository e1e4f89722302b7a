import { UsageError } from '../command/usage-error.js'
import { printable } from '../log/printable.js'
import { applyChange, showChange, untilUndisturbed } from './apply-change.js'
import type { ChangeOptions, HostsContext } from './context.js'
import { HostFileError } from './host-file-error.js'
import type { Host } from './host.js'
import { launchOf, type LaunchRequest } from './launch/launch.js'
import { locate } from './locate.js'
import { naming, openConfig } from './opened-config.js'

export interface AddRequest extends LaunchRequest, ChangeOptions {
  readonly host: Host
  readonly name: string
}

/** `mcp-tether add`: puts an entry into a host's configuration that starts the bridge to a server. */
export function addEntry(request: AddRequest, context: HostsContext): Promise<void> {
  return untilUndisturbed(() => addOnce(request, context))
}

async function addOnce(request: AddRequest, context: HostsContext): Promise<void> {
  const { host, name } = request
  checkName(name)
  const launch = launchOf(request, host, context.machine.platform)
  const place = await locate(host, request, context.machine)
  const config = await openConfig(host, place)
  const present = config.document.entries.find((entry) => entry.name === name)
  if (present !== undefined) {
    const remedy =
      host.read(present.value).kind === 'http'
        ? `mcp-tether wrap ${host.id} ${name} bridges it as it is`
        : `remove it first with mcp-tether remove ${host.id} ${name}, or choose another name`
    throw new HostFileError(`${place.path} has an entry "${name}" already; ${remedy}`)
  }
  const text = await naming(place.path, () => config.document.insert(name, host.write(launch)))
  if (request.print) {
    context.print(await showChange(config, text))
    return
  }
  await applyChange(config, { text, done: `added ${name} to ${host.title}` }, context)
  const advice = host.advice?.(launch, config.file.text)
  if (advice !== undefined) context.tell(advice)
}

/** Hosts make tool names of it, and some take no other characters. */
function checkName(name: string): void {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(name)) return
  throw new UsageError(
    `the name was given as "${printable(name, 80)}"; ` +
      'expected letters, digits, hyphens and underscores, at most 64, which every host takes',
  )
}
