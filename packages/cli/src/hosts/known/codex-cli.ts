import type { ConfigObject } from '../document/document.js'
import type { Header, Host } from '../host.js'
import { directoryFrom, joinOn } from './places.js'
import { plainHeaders, readEntry } from './read-entry.js'
import { commandEntry } from './write-entry.js'

const section = ['mcp_servers']
const ownKeys = ['bearer_token_env_var', 'http_headers', 'env_http_headers', 'type'] as const

/** https://developers.openai.com/codex/mcp */
export const codexCli: Host = {
  id: 'codex',
  title: 'Codex CLI',
  aliases: ['codex-cli'],
  format: 'toml',
  locations(machine) {
    const home = directoryFrom(machine, 'CODEX_HOME') ?? joinOn(machine, machine.homeDirectory, '.codex')
    return [
      { scope: 'user', paths: [joinOn(machine, home, 'config.toml')], section },
      { scope: 'project', paths: [joinOn(machine, machine.workingDirectory, '.codex', 'config.toml')], section },
    ]
  },
  // It starts servers with a handful of variables, and those that env_vars names.
  variables: { how: 'list' },
  needsCmd: true,
  reload: 'restart Codex',
  write: (launch) => ({
    ...commandEntry(launch),
    ...(launch.variables.length === 0 ? {} : { env_vars: launch.variables }),
  }),
  read: (entry) => readEntry(entry, { url: ['url'], dropped: ownKeys, headers: codexHeaders }),
}

function codexHeaders(entry: ConfigObject): readonly Header[] | string {
  const literal = plainHeaders(entry, 'http_headers')
  if (typeof literal === 'string') return literal
  const named = plainHeaders(entry, 'env_http_headers')
  if (typeof named === 'string') return named
  const fromVariables = named.map(({ name, value }): Header => {
    const variables = value.map((piece) => ({ variable: 'text' in piece ? piece.text : piece.variable }))
    return { name, value: variables }
  })
  const bearer = entry.bearer_token_env_var
  const token: Header[] =
    typeof bearer === 'string' ? [{ name: 'Authorization', value: [{ text: 'Bearer ' }, { variable: bearer }] }] : []
  return [...literal, ...fromVariables, ...token]
}
