import { UsageError } from '../command/usage-error.js'
import { displayUrl } from '../log/display-url.js'
import type { BridgeSettings } from '../options/bridge-settings.js'
import type { UpstreamOptions } from './create-upstream-fetch.js'
import { isTransportAllowed, whyNotHttp } from './plain-http.js'
import { chooseProxy } from './proxy/choose-proxy.js'

/**
 * What the upstream fetch is made with. Throws a UsageError for what can only be seen together: an http: address without
 * `--allow-http`, a key of another certificate, a proxy of the environment's that can't be used.
 */
export async function upstreamOptions(
  settings: BridgeSettings,
  environment: NodeJS.ProcessEnv,
): Promise<UpstreamOptions> {
  const { url, allowHttp = false, connectTimeout, headersTimeout, idleTimeout } = settings
  if (!isTransportAllowed(url, allowHttp)) {
    throw new UsageError(`${displayUrl(url)} is not encrypted and not on this machine: ${whyNotHttp}`)
  }
  chooseProxy(url, environment)
  return {
    environment,
    allowHttp,
    ...(connectTimeout === undefined ? {} : { connectTimeout }),
    ...(headersTimeout === undefined ? {} : { headersTimeout }),
    ...(idleTimeout === undefined ? {} : { idleTimeout }),
    ...(await tlsContexts(settings, environment)),
  }
}

type TlsOptions = Pick<BridgeSettings, 'ca' | 'cert' | 'key' | 'keyPassphrase'>

/** Whom to trust, and what to show to the server at `url`, if it is one. Throws a UsageError for files that can't be used. */
export async function tlsContexts(
  { url, ca, cert, key, keyPassphrase }: TlsOptions & { readonly url?: URL | undefined },
  environment: NodeJS.ProcessEnv,
): Promise<Pick<UpstreamOptions, 'trust' | 'identity'>> {
  if (ca === undefined && cert === undefined && key === undefined && keyPassphrase === undefined) return {}
  const { clientIdentity } = await import('./tls/client-identity.js')
  const { certificatesIn } = await import('./tls/certificate-authorities.js')
  const { secureContexts } = await import('./tls/secure-contexts.js')
  const identity = url && clientIdentity({ cert, key, passphrase: keyPassphrase })
  const certificateAuthorities = (ca ?? []).flatMap(certificatesIn)
  return secureContexts({ certificateAuthorities, identity, origin: url?.origin ?? '' }, environment)
}
