import { SignInError } from './sign-in-error.js'

export function scopeNotGranted(scope: string | undefined): SignInError {
  return new SignInError(
    'scope-not-granted',
    `The server asks for the scope ${JSON.stringify(scope ?? '')}, and this sign-in does not have it. ` +
      'Sign in with an account that may do this.',
  )
}

export function noBrowser(): SignInError {
  return new SignInError(
    'no-browser',
    'A user has to sign in, there is no browser here, and the authorization server offers no device code. ' +
      'Start the bridge with --no-browser to be given the address on stderr, with --client-credentials to sign in as a ' +
      "machine, or with a token in --header 'Authorization: Bearer ${TOKEN}'.",
  )
}

export function noDeviceCode(): SignInError {
  return new SignInError(
    'not-offered',
    'The authorization server offers no device code (device_authorization_endpoint). Start the bridge without --device-code.',
  )
}

export function notOffered(): SignInError {
  return new SignInError(
    'not-offered',
    'The server wants a token, and names no authorization server that gives one. ' +
      "Give a token with --header 'Authorization: Bearer ${TOKEN}'.",
  )
}

export function noToken(useIdToken: boolean): SignInError {
  return new SignInError(
    'authorization-server-refused',
    useIdToken
      ? 'The authorization server gave no ID token: ask for one with --scope openid, or start without --use-id-token.'
      : 'The authorization server gave no token.',
  )
}
