import { auth, type AuthOptions, OAuthError, type OAuthErrorCode } from '@modelcontextprotocol/client'
import { wait } from '../bridge/wait.js'
import { printable } from '../log/printable.js'
import type { FlowOptions } from './browser-flow.js'
import { type DeviceAuthorization, type DeviceCodeRequest, requestDeviceAuthorization } from './device-authorization.js'
import { TetherOAuthProvider } from './oauth-provider.js'
import { SignInError } from './sign-in-error.js'

const deviceCodeGrant = 'urn:ietf:params:oauth:grant-type:device_code'
/** RFC 8628, 3.5: how much slower to ask from then on. */
const slowDownMs = 5_000

/**
 * The device authorization grant (RFC 8628): the user types a code into a browser anywhere, and the token endpoint is
 * asked until that is done. Registration, client authentication and the token request are the SDK's.
 */
export async function deviceFlow(flow: FlowOptions & { readonly endpoint: URL }): Promise<void> {
  const { environment, draft, discovery, scope, fetchFn, signal } = flow
  const { server, settings, log, version } = environment
  const grantTypes = [deviceCodeGrant, 'refresh_token']
  if (!settings.clientInfo && !allowsDeviceCode(draft.client)) draft.client = undefined
  const provider = new DeviceCodeProvider(
    { draft, settings, discovery, grantTypes, version },
    {
      ask: (request) => requestDeviceAuthorization({ ...flow, ...request }),
      tell: async (authorization) => {
        log.warn(instructions(server, authorization))
        await wait(authorization.intervalMs, signal)
      },
    },
  )
  await untilApproved(provider, { serverUrl: server, fetchFn, ...(scope === undefined ? {} : { scope }) }, signal)
  log.info(`signed in to ${server.host}`)
}

interface DeviceCodeSteps {
  readonly ask: (request: DeviceCodeRequest) => Promise<DeviceAuthorization>
  readonly tell: (authorization: DeviceAuthorization) => Promise<void>
}

class DeviceCodeProvider extends TetherOAuthProvider {
  readonly #steps: DeviceCodeSteps
  #authorization: DeviceAuthorization | undefined

  constructor(options: ConstructorParameters<typeof TetherOAuthProvider>[0], steps: DeviceCodeSteps) {
    super(options)
    this.#steps = steps
  }

  get authorization(): DeviceAuthorization | undefined {
    return this.#authorization
  }

  async prepareTokenRequest(scope?: string): Promise<URLSearchParams> {
    if (!this.#authorization) {
      const client = this.clientInformation()
      if (!client) throw new Error('there is no client to ask for a device code with')
      this.#authorization = await this.#steps.ask({ client, scope, resource: this.resource })
      await this.#steps.tell(this.#authorization)
    }
    return new URLSearchParams({ grant_type: deviceCodeGrant, device_code: this.#authorization.deviceCode })
  }
}

async function untilApproved(provider: DeviceCodeProvider, options: AuthOptions, signal: AbortSignal): Promise<void> {
  let pauseMs = 0
  for (;;) {
    try {
      await auth(provider, options)
      return
    } catch (error) {
      const { authorization } = provider
      signal.throwIfAborted()
      if (!authorization) throw error
      pauseMs = Math.max(pauseMs, authorization.intervalMs)
      switch (afterPoll(error)) {
        case 'slow-down':
          pauseMs += slowDownMs
          break
        case 'failed':
          throw error
        case 'pending':
      }
      if (Date.now() + pauseMs > authorization.expiresAt) throw expired()
      await wait(pauseMs, signal)
      signal.throwIfAborted()
    }
  }
}

/** What an error of the token endpoint means for the asking (RFC 8628, 3.5). */
function afterPoll(error: unknown): 'pending' | 'slow-down' | 'failed' {
  // The network: it is asked again, more slowly.
  if (error instanceof TypeError) return 'slow-down'
  if (!(error instanceof OAuthError)) return 'failed'
  const code: OAuthErrorCode | string = error.code
  if (code === 'authorization_pending') return 'pending'
  if (code === 'slow_down') return 'slow-down'
  if (code === 'expired_token') throw expired()
  return 'failed'
}

function expired(): SignInError {
  return new SignInError('timed-out', 'The code was not entered in its time. Call again for another one.')
}

function instructions({ host }: URL, { verificationUri, userCode, expiresAt }: DeviceAuthorization): string {
  const minutes = Math.max(1, Math.round((expiresAt - Date.now()) / 60_000))
  return (
    `${host} wants a sign-in: open ${printable(verificationUri, 300)} in any browser and enter the code ` +
    `${printable(userCode, 40)} (good for ${minutes} min)`
  )
}

function allowsDeviceCode(client: unknown): boolean {
  const { grant_types: grants } = (client ?? {}) as { grant_types?: unknown }
  return !Array.isArray(grants) || grants.includes(deviceCodeGrant)
}
