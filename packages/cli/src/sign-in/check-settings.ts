import { UsageError } from '../command/usage-error.js'
import type { SignInSettings } from './settings.js'

/** What options of the sign-in have to do with each other. Throws a UsageError. */
export function checkSignInSettings({ clientCredentials, clientInfo, clientKey, deviceCode }: SignInSettings): void {
  if (clientCredentials !== true) {
    if (clientKey)
      throw new UsageError('--client-key was given without --client-credentials; expected both, or neither')
    return
  }
  if (deviceCode === true)
    throw new UsageError('--client-credentials and --device-code were given; expected one of them')
  if (!clientInfo) {
    throw new UsageError('--client-credentials was given without a client; expected one in --client-info')
  }
  if (clientInfo.client_secret === undefined && !clientKey) {
    throw new UsageError(
      '--client-credentials was given without a secret; expected client_secret in --client-info, or --client-key',
    )
  }
}
