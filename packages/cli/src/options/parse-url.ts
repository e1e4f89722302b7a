import { displayUrl } from '../log/display-url.js'
import { maskTokens } from '../log/mask-tokens.js'
import { printable } from '../log/printable.js'
import { UsageError } from '../command/usage-error.js'
import { isLoopback } from '../upstream/loopback.js'
import type { OptionInput } from './option.js'

const example = 'https://example.com/mcp'

/** What is said when nowhere is an address. */
export const noUrl = `no URL was given; expected the address of an MCP server: mcp-tether ${example}`

/** The address of the MCP server. */
export function parseServerUrl(given: string, { name }: OptionInput): URL {
  if (given.trim() === '') throw new UsageError(noUrl)
  // The argument needs no name: it is what was given.
  const at = name === '<url>' ? '' : `${name}: `
  const url = URL.canParse(given) ? new URL(given) : undefined
  // "localhost:3000/mcp" parses as a URL of the scheme "localhost:".
  if (!url || (url.host === '' && !given.includes('://'))) {
    const guess = URL.canParse(`http://${given}`) ? new URL(`http://${given}`) : undefined
    // Over http: no other machine is talked to.
    if (guess && !isLoopback(guess)) guess.protocol = 'https:'
    const hint = guess && /^[\w.:[\]-]+$/.test(guess.host) ? ` Did you mean ${displayUrl(guess)}?` : ''
    throw new UsageError(`${at}"${shown(given)}" is not a URL; expected an address like ${example}.${hint}`)
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new UsageError(
      `${at}"${shown(given)}" is a ${url.protocol} address; expected http: or https:, like ${example}`,
    )
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError(
      `${at}the URL for ${url.host} holds a user name or password, which would end up in logs; ` +
        "take it out and give it as --header 'Authorization: Basic ${CREDENTIALS}'",
    )
  }
  url.hash = ''
  return url
}

/** As it was given, without what may be secret in it. */
function shown(given: string): string {
  return printable(maskTokens(given.replace(/\/\/[^/@]*@/, '//…@').replace(/\?.*$/s, '?…')), 120)
}
