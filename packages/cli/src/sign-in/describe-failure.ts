import {
  AuthorizationServerMismatchError,
  InsecureTokenEndpointError,
  IssuerMismatchError,
  OAuthError,
  RegistrationRejectedError,
} from '@modelcontextprotocol/client'
import { describeFailure } from '../bridge/describe-failure.js'
import { redact } from '../bridge/redact.js'
import { UserStateError } from '../user-state/user-state-error.js'
import { adviceFor } from './refused-authorization.js'
import { SignInError } from './sign-in-error.js'

const tellOperator = 'Tell its operator.'

/** What went wrong in a sign-in, for a user to act on. */
export function describeSignInFailure(error: unknown): SignInError {
  if (error instanceof SignInError) return error
  const cause = error instanceof Error ? error.cause : undefined
  if (cause instanceof SignInError) return cause
  const failed = (reason: SignInError['reason'], message: string) => new SignInError(reason, message, { cause: error })

  if (error instanceof UserStateError) return failed('credentials-unavailable', `${error.message}.`)
  if (
    error instanceof IssuerMismatchError ||
    error instanceof AuthorizationServerMismatchError ||
    error instanceof InsecureTokenEndpointError
  ) {
    return failed('untrustworthy-metadata', `${redact(error.message)}. ${tellOperator}`)
  }
  if (error instanceof RegistrationRejectedError) {
    return failed(
      'registration-refused',
      `The authorization server did not register the bridge (HTTP ${error.status}: ${redact(error.body)}). ` +
        'Register a client with it, and give that with --client-info.',
    )
  }
  if (error instanceof OAuthError) return fromOAuthError(error)
  if (error instanceof TypeError) {
    const { words } = describeFailure(error)
    return failed(
      'authorization-server-unreachable',
      `The authorization server can't be reached: ${redact(words)}. Try again in a moment.`,
    )
  }
  return fromMessage(error)
}

function fromOAuthError(error: OAuthError): SignInError {
  const code: string = error.code
  if (code === 'access_denied') {
    return new SignInError('denied', 'The sign-in was refused: access was not granted. Call again to be asked again.')
  }
  if (code === 'server_error' || code === 'temporarily_unavailable') {
    return new SignInError(
      'authorization-server-unreachable',
      `The authorization server could not answer: ${redact(error.message)}. Try again in a moment.`,
      { cause: error },
    )
  }
  return new SignInError(
    'authorization-server-refused',
    `The authorization server refused: ${redact(`${code}: ${error.message}`)}. ${adviceFor(code)}`,
    { cause: error },
  )
}

/** What the SDK says in plain errors. */
function fromMessage(error: unknown): SignInError {
  const words = error instanceof Error ? error.message : String(error)
  if (words.includes('does not support dynamic client registration')) {
    return new SignInError(
      'registration-refused',
      'The authorization server registers no clients by itself. Register one with it, and give that with --client-info.',
      { cause: error },
    )
  }
  const isUnreadable = error instanceof SyntaxError || (error instanceof Error && error.name === 'ZodError')
  if (isUnreadable || words.startsWith('Incompatible auth server') || words.startsWith('Protected resource ')) {
    return new SignInError(
      'untrustworthy-metadata',
      `What the authorization server says can't be used: ${redact(isUnreadable ? 'it is not in the form of its RFC' : words)}. ${tellOperator}`,
      { cause: error },
    )
  }
  return new SignInError('authorization-server-refused', `The sign-in failed: ${redact(words)}.`, { cause: error })
}
