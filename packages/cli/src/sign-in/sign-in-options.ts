import { choiceOption } from '../options/kinds/choice-option.js'
import { listOption } from '../options/kinds/list-option.js'
import { secondsOption } from '../options/kinds/seconds-option.js'
import { switchOption } from '../options/kinds/switch-option.js'
import { textOption } from '../options/kinds/text-option.js'
import { refuse } from '../options/kinds/refuse.js'
import { clientOptions } from './client-options.js'
import { portOption } from './port-option.js'

const group = 'Sign-in'

/** How to sign in, under the names of {@link SignInSettings}. */
export const signInOptions = {
  signInTimeout: secondsOption({
    flag: '--sign-in-timeout',
    variable: 'MCP_TETHER_SIGN_IN_TIMEOUT',
    group,
    help: 'longest time a call waits for a sign-in, the user included',
    default: '300',
    least: 'more than 0',
  }),
  scope: textOption({
    flag: '--scope',
    placeholder: '<scopes>',
    variable: 'MCP_TETHER_SCOPE',
    group,
    help: 'scopes to ask for, with spaces between them',
    default: 'what the server names',
    // RFC 6749, 3.3.
    read: (given, input) =>
      /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/.test(given)
        ? given
        : refuse(given, "scopes with one space between them, like 'read write'", input),
  }),
  ...clientOptions,
  resource: textOption({
    flag: '--resource',
    placeholder: '<url>',
    variable: 'MCP_TETHER_RESOURCE',
    group,
    help: 'resource to ask a token for (RFC 8707), or none to send no such parameter',
    default: "what the server's metadata name",
    read: (given, input): URL | 'none' => {
      if (given === 'none') return given
      return URL.canParse(given) && new URL(given).hash === ''
        ? new URL(given)
        : refuse(given, 'a URL without a fragment, or none', input)
    },
  }),
  authorizeParams: listOption({
    flag: '--authorize-param',
    placeholder: '<name=value>',
    variable: 'MCP_TETHER_AUTHORIZE_PARAMS',
    group,
    help: 'parameter to add to the authorization request, like audience=https://api.example.com (repeatable)',
    items: { pattern: '=' },
    read: (given, input) =>
      given.map((each): readonly [string, string] => {
        const [, name = '', value = ''] = /^([^=\s]+)=([^]*)$/.exec(each) ?? []
        if (name === '') return refuse(each, 'name=value', input)
        if (ownParameters.has(name)) return refuse(name, 'a parameter that the sign-in does not set itself', input)
        return [name, value]
      }),
  }),
  callbackPort: portOption({
    flag: '--callback-port',
    placeholder: '<port>',
    variable: 'MCP_TETHER_CALLBACK_PORT',
    group,
    help: 'port of this machine that the browser comes back to',
    default: "derived from the server's address",
  }),
  callbackHost: choiceOption({
    flag: '--callback-host',
    placeholder: '<name>',
    variable: 'MCP_TETHER_CALLBACK_HOST',
    group,
    help: 'name of this machine in the redirect URI: 127.0.0.1 or localhost',
    default: '127.0.0.1',
    choices: ['127.0.0.1', 'localhost'],
  }),
  callbackPath: textOption({
    flag: '--callback-path',
    placeholder: '<path>',
    variable: 'MCP_TETHER_CALLBACK_PATH',
    group,
    help: 'path of the redirect URI',
    default: '/callback',
    read: (given, input) =>
      /^\/[\w\-./~]*$/.test(given) ? given : refuse(given, 'a path like /oauth/callback', input),
  }),
  browser: switchOption({
    flag: '--browser',
    variable: 'MCP_TETHER_BROWSER',
    group,
    help: 'open the browser for a sign-in (--no-browser: print its address on stderr only)',
    default: 'where there is one',
  }),
  deviceCode: switchOption({
    flag: '--device-code',
    variable: 'MCP_TETHER_DEVICE_CODE',
    group,
    help: 'sign in with a code that is entered in a browser on any machine (RFC 8628)',
    default: 'where there is no browser',
  }),
  clientCredentials: switchOption({
    flag: '--client-credentials',
    variable: 'MCP_TETHER_CLIENT_CREDENTIALS',
    group,
    help: 'sign in without a user, as the client of --client-info',
    default: 'off',
  }),
  useIdToken: switchOption({
    flag: '--use-id-token',
    variable: 'MCP_TETHER_USE_ID_TOKEN',
    group,
    help: 'send the ID token of OpenID Connect in the place of the access token',
    default: 'off',
  }),
}

/** What is made anew for each request: another value would only fail later, and be harder to understand. */
const ownParameters: ReadonlySet<string> = new Set([
  'client_id',
  'code_challenge',
  'code_challenge_method',
  'redirect_uri',
  'resource',
  'response_type',
  'scope',
  'state',
])
