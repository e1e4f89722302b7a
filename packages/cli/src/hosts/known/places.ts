import { posix, win32 } from 'node:path'
import type { Machine } from '../host.js'

/** Joins as the machine's system does, which need not be the one that this runs on (in tests). */
export function joinOn({ platform }: Machine, ...parts: string[]): string {
  return platform === 'win32' ? win32.join(...parts) : posix.join(...parts)
}

/** A variable that names a directory; relative ones mean nothing to a program that runs elsewhere. */
export function directoryFrom({ platform, environment }: Machine, name: string): string | undefined {
  const value = environment[name]
  const path = platform === 'win32' ? win32 : posix
  return value !== undefined && path.isAbsolute(value) ? value : undefined
}

/** Where Electron applications keep their settings: `app.getPath('appData')`. */
export function appDataDirectory(machine: Machine): string {
  const { platform, homeDirectory } = machine
  if (platform === 'darwin') return joinOn(machine, homeDirectory, 'Library', 'Application Support')
  if (platform === 'win32') return roamingDirectory(machine)
  return xdgConfigDirectory(machine)
}

export function roamingDirectory(machine: Machine): string {
  return directoryFrom(machine, 'APPDATA') ?? joinOn(machine, machine.homeDirectory, 'AppData', 'Roaming')
}

export function localDirectory(machine: Machine): string {
  return directoryFrom(machine, 'LOCALAPPDATA') ?? joinOn(machine, machine.homeDirectory, 'AppData', 'Local')
}

export function xdgConfigDirectory(machine: Machine): string {
  return directoryFrom(machine, 'XDG_CONFIG_HOME') ?? joinOn(machine, machine.homeDirectory, '.config')
}
