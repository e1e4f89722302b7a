import { UsageError } from '../../command/usage-error.js'
import { isLoopback } from '../loopback.js'
import { isExempt } from './no-proxy.js'

/** A proxy that the environment names for an address. */
export interface Proxy {
  readonly url: URL
  /** Host and port, for a message: without the password. */
  readonly name: string
}

/**
 * Which proxy the environment wants for an address, by the convention that curl has set: `HTTPS_PROXY` or `HTTP_PROXY`
 * by the address's scheme, else `ALL_PROXY`, but not for what `NO_PROXY` names; lower case counts before upper case.
 * As in Go, loopback is never proxied: a proxy would look for the server on its own machine.
 *
 * Throws a UsageError when the variable that applies can't be used. It does not contain the proxy's password.
 */
export function chooseProxy(target: URL, environment: NodeJS.ProcessEnv): Proxy | undefined {
  const found = variableFor(target, environment)
  if (found === undefined || isLoopback(target)) return undefined
  if (isExempt(target, read('NO_PROXY', environment)?.value ?? '')) return undefined
  const { name, value } = found
  // curl takes "proxy:3128" for an HTTP proxy.
  const text = value.includes('://') ? value : `http://${value}`
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    const given = url ? `is a ${url.protocol} address` : 'is not a URL'
    throw new UsageError(
      `the environment variable ${name} ${given}; expected an HTTP proxy, like http://proxy.example.com:3128 ` +
        `(or add ${target.hostname} to NO_PROXY)`,
    )
  }
  if (!isDecodable(url.username) || !isDecodable(url.password)) {
    throw new UsageError(
      `the environment variable ${name} has a user name or password with a % that stands for nothing; write %25 for it`,
    )
  }
  return { url, name: url.host }
}

interface Variable {
  readonly name: string
  readonly value: string
}

function variableFor({ protocol }: URL, environment: NodeJS.ProcessEnv): Variable | undefined {
  return read(protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY', environment) ?? read('ALL_PROXY', environment)
}

function read(upperCase: string, environment: NodeJS.ProcessEnv): Variable | undefined {
  for (const name of [upperCase.toLowerCase(), upperCase]) {
    const value = environment[name]?.trim()
    if (value !== undefined && value !== '') return { name, value }
  }
  return undefined
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
