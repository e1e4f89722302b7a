import { readFileSync } from 'node:fs'
import * as tls from 'node:tls'
import type { SecureContext, SecureContextOptions } from 'node:tls'
import type { AgentsOptions } from '../agents.js'

export interface TlsSettings {
  /** PEM certificates that are trusted beside those that Node trusts anyway. */
  readonly certificateAuthorities?: readonly string[]
  /** What the client shows, to the server of this origin only. */
  readonly identity?: SecureContextOptions | undefined
  readonly origin: string
}

/** Made once: with so many certificates it takes longer than a handshake. Nothing where there is nothing to set. */
export function secureContexts(
  { certificateAuthorities = [], identity, origin }: TlsSettings,
  environment: NodeJS.ProcessEnv,
): Pick<AgentsOptions, 'trust' | 'identity'> {
  const ca =
    certificateAuthorities.length === 0 ? {} : { ca: [...trustedAnyway(environment), ...certificateAuthorities] }
  const trust: SecureContext | undefined = 'ca' in ca ? tls.createSecureContext(ca) : undefined
  return {
    trust,
    identity: identity && { origin, context: tls.createSecureContext({ ...ca, ...identity }) },
  }
}

/** A list of one's own replaces Node's. Older versions don't tell it: bundled are these, extra is what the file has. */
function trustedAnyway(environment: NodeJS.ProcessEnv): readonly string[] {
  const { getCACertificates } = tls as { getCACertificates?: (type: 'default') => readonly string[] }
  if (getCACertificates) return getCACertificates('default')
  const extra = environment.NODE_EXTRA_CA_CERTS
  return extra === undefined || extra === '' ? tls.rootCertificates : [...tls.rootCertificates, ...readable(extra)]
}

/** Node has warned already when the file can't be read. */
function readable(path: string): string[] {
  try {
    return [readFileSync(path, 'latin1')]
  } catch {
    return []
  }
}
