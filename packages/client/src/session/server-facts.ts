import { contentHash } from '../base/content-hash.js'
import { isObject, type JsonObject } from '../wire/json-rpc.js'

/** What of a server can be another after a recovery. */
export type ServerAspect = 'serverInfo' | 'capabilities' | 'instructions' | 'protocolVersion'

/** What is kept of an `InitializeResult`: hashes instead of texts, which may be long. */
export interface ServerFacts extends Readonly<Record<ServerAspect, number>> {
  readonly name: string
  readonly version: string
  /** Made of {@link offerBits}: a session is to be small. */
  readonly offers: number
}

/** Capabilities that decide what the engine does (MCP 2025-11-25, Lifecycle, Capability Negotiation). */
export type Offer = 'logging' | 'resources.subscribe' | `${'tools' | 'prompts' | 'resources'}.listChanged`

const offerBits: Readonly<Record<Offer, number>> = {
  logging: 1,
  'resources.subscribe': 2,
  'tools.listChanged': 4,
  'prompts.listChanged': 8,
  'resources.listChanged': 16,
}

export function serverFactsOf(result: JsonObject): ServerFacts {
  const { serverInfo, capabilities, instructions, protocolVersion } = result
  const { name, version } = isObject(serverInfo) ? serverInfo : {}
  return {
    name: shortText(name),
    version: shortText(version),
    serverInfo: contentHash(serverInfo),
    capabilities: contentHash(capabilities),
    instructions: contentHash(instructions),
    protocolVersion: contentHash(protocolVersion),
    offers: offersIn(isObject(capabilities) ? capabilities : {}),
  }
}

const aspects: readonly ServerAspect[] = ['serverInfo', 'capabilities', 'instructions', 'protocolVersion']

/** In which respects the server is not what it was. */
export function changedAspects(before: ServerFacts, after: ServerFacts): ServerAspect[] {
  return aspects.filter((aspect) => after[aspect] !== before[aspect])
}

export function offers(server: ServerFacts | undefined, offer: Offer): boolean {
  return server !== undefined && (server.offers & offerBits[offer]) !== 0
}

function offersIn(capabilities: JsonObject): number {
  let bits = 0
  const note = (offer: Offer) => (bits |= offerBits[offer])
  if (isObject(capabilities.logging)) note('logging')
  for (const list of ['tools', 'prompts', 'resources'] as const) {
    const capability = capabilities[list]
    if (!isObject(capability)) continue
    if (capability.listChanged === true) note(`${list}.listChanged`)
    if (list === 'resources' && capability.subscribe === true) note('resources.subscribe')
  }
  return bits
}

const maxTextLength = 200

/** Names and versions are short; what is not is not kept. */
function shortText(value: unknown): string {
  return typeof value === 'string' && value.length <= maxTextLength ? value : ''
}
