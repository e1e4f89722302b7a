import { UsageError } from '../command/usage-error.js'
import { textOption } from '../options/kinds/text-option.js'
import { refuse } from '../options/kinds/refuse.js'
import type { OptionInput } from '../options/option.js'
import { readClientKey } from './client-key.js'
import { expandVariables } from '../options/expand-variables.js'
import { jsonOption, readOptionFile } from './json-option.js'
import type { StaticClient } from './settings.js'

const group = 'Sign-in'
const texts = ['client_id', 'client_secret', 'token_endpoint_auth_method', 'issuer'] as const

/** Who the bridge is to the authorization server. */
export const clientOptions = {
  clientInfo: jsonOption({
    flag: '--client-info',
    placeholder: '<json>',
    variable: 'MCP_TETHER_CLIENT_INFO',
    group,
    help:
      'client that is registered already: {"client_id":"…"}, with client_secret and issuer where it has them, or ' +
      '@file; ${NAME} in it is read from the environment',
    schema: {
      properties: Object.fromEntries(texts.map((name) => [name, { type: 'string' }])),
      required: ['client_id'],
    },
    read: readClientInfo,
  }),
  clientMetadata: jsonOption({
    flag: '--client-metadata',
    placeholder: '<json>',
    variable: 'MCP_TETHER_CLIENT_METADATA',
    group,
    help: 'members of the metadata that the bridge registers with (RFC 7591), like {"client_name":"…"}, or @file',
    schema: {},
    read: (object) => object,
  }),
  clientMetadataUrl: textOption({
    flag: '--client-metadata-url',
    placeholder: '<url>',
    variable: 'MCP_TETHER_CLIENT_METADATA_URL',
    group,
    help: 'address of a client ID metadata document, which is the client_id where the server supports that',
    schema: { pattern: '^https://' },
    read: (given, input) =>
      URL.canParse(given) && new URL(given).protocol === 'https:' && new URL(given).pathname !== '/'
        ? given
        : refuse(given, 'an https URL with a path', input),
  }),
  clientKey: textOption({
    flag: '--client-key',
    placeholder: '<file>',
    variable: 'MCP_TETHER_CLIENT_KEY',
    group,
    help: 'private key (PEM or JWK) that the client of --client-credentials signs with; ${NAME}: from the environment',
    read(given, input) {
      const text = expandVariables(given, input).trim()
      const isKey = text.startsWith('{') || text.startsWith('-----BEGIN')
      try {
        return readClientKey(isKey ? text : readOptionFile(text, input))
      } catch (error) {
        if (error instanceof UsageError) throw error
        throw new UsageError(`${input.name} can't be used: ${error instanceof Error ? error.message : String(error)}`)
      }
    },
  }),
}

function readClientInfo(object: Readonly<Record<string, unknown>>, { name }: OptionInput): StaticClient {
  const members: Partial<Record<(typeof texts)[number], string>> = {}
  for (const member of texts) {
    const value = object[member]
    if (value === undefined) continue
    if (typeof value !== 'string' || value === '') throw new UsageError(`${name} has a ${member} that is no text`)
    members[member] = value
  }
  const { client_id } = members
  if (client_id === undefined) throw new UsageError(`${name} has no client_id; expected {"client_id":"…"}`)
  return { ...members, client_id }
}
