import { printable } from '../log/printable.js'
import { SignInError } from './sign-in-error.js'

/** An authorization response without a code (RFC 6749, 4.1.2.1), or the same error from the token endpoint. */
export function refusedAuthorization(params: URLSearchParams): SignInError {
  const error = params.get('error')
  if (error === 'access_denied') {
    return new SignInError('denied', 'The sign-in was refused: access was not granted. Call again to be asked again.')
  }
  const description = params.get('error_description')
  const words = [error ?? 'no code and no error', ...(description === null ? [] : [description])].join(': ')
  return new SignInError(
    'authorization-server-refused',
    `The authorization server did not sign you in: ${printable(words)}. ${adviceFor(error)}`,
  )
}

/** What a user can do about an error of the protocol. */
export function adviceFor(error: string | null): string {
  switch (error) {
    case 'invalid_scope':
      return 'Name the scopes that it knows with --scope.'
    case 'invalid_target':
      return 'Name the resource that it knows with --resource, or send none with --resource none.'
    case 'invalid_client':
    case 'unauthorized_client':
      return 'Check the client in --client-info; without it, mcp-tether logout forgets the registration.'
    default:
      return 'Call again to try again.'
  }
}
