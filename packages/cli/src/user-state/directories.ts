import { posix, win32 } from 'node:path'
import { UsageError } from '../command/usage-error.js'

/** What the places of this user's files depend on. */
export interface DirectoryFacts {
  readonly platform: NodeJS.Platform
  readonly environment: NodeJS.ProcessEnv
  /** The user's home directory, as `os.homedir()` says it. */
  readonly homeDirectory: string
}

/** Absolute paths. They need not exist. */
export interface UserDirectories {
  /** Credentials: one file for each server. */
  readonly credentials: string
  /** Where a running bridge writes its state file. */
  readonly running: string
  /**
   * Everywhere to look for state files: a bridge that a desktop started and one that cron started may know different
   * runtime directories.
   */
  readonly runningAnywhere: readonly string[]
  /** What `wrap` remembers of hosts' configuration files. */
  readonly wrapped: string
  /** Copies of hosts' configuration files, made before each change. */
  readonly backups: string
}

/**
 * `MCP_TETHER_HOME` overrides everything. Without it: on Linux (and whatever else is no Windows and no macOS) the XDG
 * Base Directory Specification 0.8; on macOS `~/Library/Application Support`; on Windows the local, not the roaming
 * part of the profile, so that tokens stay on their machine. Credentials are data and not configuration: people put
 * `~/.config` under version control.
 *
 * Throws a UsageError when `MCP_TETHER_HOME` is a relative path, which would mean another directory in each host.
 */
export function userDirectories({ platform, environment, homeDirectory }: DirectoryFacts): UserDirectories {
  const path = platform === 'win32' ? win32 : posix
  // XDG: "If an implementation encounters a relative path in any of these variables it should […] ignore it."
  const absolute = (name: string): string | undefined => {
    const value = environment[name]
    return value !== undefined && path.isAbsolute(value) ? value : undefined
  }
  const places = (data: string, runtime?: string): UserDirectories => {
    const beside = path.join(data, 'running')
    return {
      credentials: path.join(data, 'credentials'),
      running: runtime ?? beside,
      runningAnywhere: runtime === undefined ? [beside] : [runtime, beside],
      wrapped: path.join(data, 'wrapped'),
      backups: path.join(data, 'backups'),
    }
  }

  const given = environment.MCP_TETHER_HOME
  if (given !== undefined && given !== '') {
    if (path.isAbsolute(given)) return places(path.normalize(given))
    throw new UsageError(`MCP_TETHER_HOME is "${given}"; expected an absolute path of a directory`)
  }
  switch (platform) {
    case 'darwin':
      return places(path.join(homeDirectory, 'Library', 'Application Support', 'mcp-tether'))
    case 'win32':
      return places(path.join(absolute('LOCALAPPDATA') ?? path.join(homeDirectory, 'AppData', 'Local'), 'mcp-tether'))
    default: {
      const data = absolute('XDG_DATA_HOME') ?? path.join(homeDirectory, '.local', 'share')
      const runtime = absolute('XDG_RUNTIME_DIR')
      return places(path.join(data, 'mcp-tether'), runtime === undefined ? undefined : path.join(runtime, 'mcp-tether'))
    }
  }
}
