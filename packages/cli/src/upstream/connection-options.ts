import { listOption } from '../options/kinds/list-option.js'
import { secondsOption } from '../options/kinds/seconds-option.js'
import { switchOption } from '../options/kinds/switch-option.js'
import { textOption } from '../options/kinds/text-option.js'
import { readHeaderFile } from './header-file/header-file.js'
import { readNamedFile } from './named-file.js'
import { readPassphrase } from './tls/key-passphrase.js'

/** How the server is reached. Durations in milliseconds, files read. */
export const connectionOptions = {
  headerFile: textOption({
    flag: '--header-file',
    placeholder: '<file>',
    variable: 'MCP_TETHER_HEADER_FILE',
    group: 'Requests',
    help:
      "send the headers in this file with every request: one 'Name: value' a line, # begins a comment, ${NAME} is read " +
      'from the environment; --header comes before it',
    read: (given, input) => readHeaderFile(given, input),
  }),
  allowHttp: switchOption({
    flag: '--allow-http',
    variable: 'MCP_TETHER_ALLOW_HTTP',
    group: 'Connection',
    help: 'talk http: to other machines too, where everybody on the way can read and change what is said',
  }),
  ca: listOption({
    flag: '--ca',
    placeholder: '<file>',
    variable: 'MCP_TETHER_CA',
    group: 'Connection',
    help: 'trust the certificates in this file (PEM) as well as those that Node trusts (repeatable)',
    read: (given, input) => given.map((file) => readNamedFile(file, input)),
  }),
  cert: textOption({
    flag: '--cert',
    placeholder: '<file>',
    variable: 'MCP_TETHER_CERT',
    group: 'Connection',
    help: 'show this certificate to a server that asks for one: PEM, or PKCS#12 (.p12, .pfx) with its key',
    read: readNamedFile,
  }),
  key: textOption({
    flag: '--key',
    placeholder: '<file>',
    variable: 'MCP_TETHER_KEY',
    group: 'Connection',
    help: 'private key of --cert (PEM), unless it is in the same file',
    read: readNamedFile,
  }),
  keyPassphrase: textOption({
    flag: '--key-passphrase',
    placeholder: '<passphrase>',
    variable: 'MCP_TETHER_KEY_PASSPHRASE',
    group: 'Connection',
    help: 'passphrase of --key, or of a PKCS#12 file: ${NAME} reads it from the environment, @FILE from a file',
    read: readPassphrase,
  }),
  connectTimeout: secondsOption({
    flag: '--connect-timeout',
    variable: 'MCP_TETHER_CONNECT_TIMEOUT',
    group: 'Connection',
    help: 'longest time until a connection stands, with name look-up, proxy and TLS',
    default: '30',
    least: 'more than 0',
  }),
  headersTimeout: secondsOption({
    flag: '--headers-timeout',
    variable: 'MCP_TETHER_HEADERS_TIMEOUT',
    group: 'Connection',
    help: 'longest time until an answer begins; 0: no limit, since a tool may take an hour',
    default: '0',
    least: '0 or more',
    most: 86_400,
  }),
  idleTimeout: secondsOption({
    flag: '--idle-timeout',
    variable: 'MCP_TETHER_IDLE_TIMEOUT',
    group: 'Connection',
    help:
      'longest silence of an event stream, before it counts as broken; 0: silence is no failure, since not every ' +
      'server sends keep-alives',
    default: '0',
    least: '0 or more',
    most: 86_400,
  }),
  keepAlive: secondsOption({
    flag: '--keep-alive',
    variable: 'MCP_TETHER_KEEP_ALIVE',
    group: 'Connection',
    help: 'ask an idle server with a ping this often, so that neither it nor a proxy lets the session go; 0: never',
    default: '0',
    least: '0 or more',
  }),
}
