import type { SignInSettings } from './settings.js'

/**
 * Bridges to one server that ask for different things (another tenant's resource, another audience, as another client)
 * have sign-ins of their own. `undefined` where nothing is asked for but the server.
 */
export function accountName({ resource, clientInfo, authorizeParams = [] }: SignInSettings): string | undefined {
  const parts = new URLSearchParams()
  if (resource !== undefined) parts.set('resource', String(resource))
  if (clientInfo) parts.set('client_id', clientInfo.client_id)
  for (const [name, value] of authorizeParams) parts.append(name, value)
  parts.sort()
  return parts.size === 0 ? undefined : parts.toString()
}
