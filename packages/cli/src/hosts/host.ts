import type { ConfigObject } from './document/document.js'
import type { ConfigFormat } from './document/open-document.js'
import type { HeaderValue } from './launch/header-value.js'
import type { Launch } from './launch/launch.js'

/** What the places of a host's files depend on. */
export interface Machine {
  readonly platform: NodeJS.Platform
  readonly environment: NodeJS.ProcessEnv
  /** The user's home directory, as `os.homedir()` says it. */
  readonly homeDirectory: string
  /** Where a project's files are looked for. */
  readonly workingDirectory: string
}

/** `user`: in every project; `project`: for all who work on this one; `local`: for this user in this project. */
export const scopes = ['user', 'project', 'local'] as const
export type Scope = (typeof scopes)[number]

/** Where a host looks for its servers in one scope. */
export interface ConfigLocation {
  readonly scope: Scope
  /** Absolute. Where a host has several places, of which one is in use, all of them, the usual one first. */
  readonly paths: readonly string[]
  /** Keys that lead to the object whose members are the servers. */
  readonly section: readonly string[]
}

/** How a server that a host starts gets the value of a variable that the host itself was started with. */
export type VariablePassing =
  /** The host replaces a reference in the entry's `env`. */
  | { readonly how: 'reference'; readonly write: (name: string) => string }
  /** The entry lists the names. */
  | { readonly how: 'list' }
  /** The server inherits everything. */
  | { readonly how: 'inherit' }
  /** Not at all. */
  | { readonly how: 'none' }

/** What an entry says, as far as it matters here. */
export type HostEntry =
  /** The host connects over HTTP itself. */
  | { readonly kind: 'http'; readonly url: string; readonly headers: readonly Header[]; readonly kept: ConfigObject }
  /** It does, in a way that the bridge can't take over: what is said why. */
  | { readonly kind: 'untranslatable'; readonly url: string; readonly reason: string }
  /** The host starts a program. */
  | { readonly kind: 'command'; readonly command: string; readonly args: readonly string[]; readonly env: ConfigObject }
  /** Neither. */
  | { readonly kind: 'other' }

export interface Header {
  readonly name: string
  readonly value: HeaderValue
}

/** An application with a model, and how it is told about MCP servers. */
export interface Host {
  /** What users type. */
  readonly id: string
  readonly title: string
  readonly aliases: readonly string[]
  readonly format: ConfigFormat
  readonly locations: (machine: Machine) => readonly ConfigLocation[]
  readonly variables: VariablePassing
  /**
   * The host replaces `${NAME}` in arguments from its own environment, before the server gets to see it: headers have
   * to go through `MCP_TETHER_HEADERS` instead.
   */
  readonly expandsArguments?: boolean
  /** On Windows the host starts programs without a look at PATHEXT, and `npx` is a batch file: `cmd /c` has to find it. */
  readonly needsCmd?: boolean
  /** What has to be done for the host to see a change. */
  readonly reload: string
  /** The entry that starts the bridge. */
  readonly write: (launch: Launch) => ConfigObject
  readonly read: (entry: unknown) => HostEntry
  /** What else the user has to do for an entry to work, in a file with this text. */
  readonly advice?: (launch: Launch, text: string) => string | undefined
}
