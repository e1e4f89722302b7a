import { stat } from 'node:fs/promises'
import { posix, win32 } from 'node:path'
import { UsageError } from '../command/usage-error.js'
import { printable } from '../log/printable.js'
import { isSame } from './document/is-same.js'
import { HostFileError } from './host-file-error.js'
import type { ConfigLocation, Host, Machine, Scope } from './host.js'

/** One file of a host, and the part of it that lists servers. */
export interface Place {
  readonly scope: Scope
  readonly path: string
  readonly section: readonly string[]
}

export interface Wanted {
  readonly scope: string | undefined
  readonly file: string | undefined
}

/** The place that a command works on: the user's own, unless another scope or a file is named. */
export async function locate(host: Host, wanted: Wanted, machine: Machine): Promise<Place> {
  const location = locationFor(host, wanted.scope ?? 'user', machine)
  const path = wanted.file === undefined ? await pathInUse(host, location) : absolute(wanted.file, machine)
  return { scope: location.scope, section: location.section, path }
}

/** Every place where the host looks, or the one that is named. */
export async function locateAll(host: Host, wanted: Wanted, machine: Machine): Promise<readonly Place[]> {
  if (wanted.scope !== undefined || wanted.file !== undefined) return [await locate(host, wanted, machine)]
  const places: Place[] = []
  for (const location of host.locations(machine)) {
    const place = { scope: location.scope, section: location.section, path: await pathInUse(host, location) }
    // In the home directory, the project's file may be the user's.
    const isKnown = places.some(({ path, section }) => path === place.path && isSame(section, place.section))
    if (!isKnown) places.push(place)
  }
  return places
}

function locationFor(host: Host, scope: string, machine: Machine): ConfigLocation {
  const locations = host.locations(machine)
  const found = locations.find((each) => each.scope === scope)
  if (found !== undefined) return found
  throw new UsageError(
    `--scope was given "${printable(scope, 40)}", which ${host.title} does not have; ` +
      `expected ${locations.map((each) => each.scope).join(' or ')}`,
  )
}

async function pathInUse({ title }: Host, { paths }: ConfigLocation): Promise<string> {
  const present: string[] = []
  for (const path of paths) if (await exists(path)) present.push(path)
  if (present.length > 1) {
    throw new HostFileError(
      `two configuration files of ${title} were found, ${present.join(' and ')}; ` +
        'name the one that is in use with --file',
    )
  }
  return present[0] ?? paths[0] ?? ''
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

function absolute(file: string, { platform, workingDirectory }: Machine): string {
  return (platform === 'win32' ? win32 : posix).resolve(workingDirectory, file)
}
