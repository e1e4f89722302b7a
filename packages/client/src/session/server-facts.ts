import { contentHash, type Hash } from '../base/content-hash.js'
import { isObject, type JsonObject } from '../wire/json-rpc.js'

/** What of a server can be another after a recovery. */
export type ServerAspect = 'serverInfo' | 'capabilities' | 'instructions' | 'protocolVersion'

/** What is kept of an `InitializeResult`: digests instead of texts, which may be long. */
export interface ServerFacts {
  readonly name: string
  readonly version: string
  readonly hashes: Readonly<Record<ServerAspect, Hash>>
  readonly offers: readonly Offer[]
}

/** Capabilities that decide what the engine does (MCP 2025-11-25, Lifecycle, Capability Negotiation). */
export type Offer = 'logging' | 'resources.subscribe' | `${'tools' | 'prompts' | 'resources'}.listChanged`

export function serverFactsOf(result: JsonObject): ServerFacts {
  const { serverInfo, capabilities, instructions, protocolVersion } = result
  const { name, version } = isObject(serverInfo) ? serverInfo : {}
  return {
    name: shortText(name),
    version: shortText(version),
    hashes: {
      serverInfo: contentHash(serverInfo),
      capabilities: contentHash(capabilities),
      instructions: contentHash(instructions),
      protocolVersion: contentHash(protocolVersion),
    },
    offers: offersIn(isObject(capabilities) ? capabilities : {}),
  }
}

const aspects: readonly ServerAspect[] = ['serverInfo', 'capabilities', 'instructions', 'protocolVersion']

/** In which respects the server is not what it was. */
export function changedAspects(before: ServerFacts, after: ServerFacts): ServerAspect[] {
  return aspects.filter((aspect) => {
    const [low, high] = before.hashes[aspect]
    return after.hashes[aspect][0] !== low || after.hashes[aspect][1] !== high
  })
}

function offersIn(capabilities: JsonObject): Offer[] {
  const offers: Offer[] = []
  const has = (capability: string, member: string) => {
    const value = capabilities[capability]
    return isObject(value) && value[member] === true
  }
  if (isObject(capabilities.logging)) offers.push('logging')
  if (has('resources', 'subscribe')) offers.push('resources.subscribe')
  for (const list of ['tools', 'prompts', 'resources'] as const) {
    if (has(list, 'listChanged')) offers.push(`${list}.listChanged`)
  }
  return offers
}

const maxTextLength = 200

/** Names and versions are short; what is not is not kept. */
function shortText(value: unknown): string {
  return typeof value === 'string' && value.length <= maxTextLength ? value : ''
}
