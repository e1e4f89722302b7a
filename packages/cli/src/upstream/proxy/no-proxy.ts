import { BlockList, isIP } from 'node:net'

/**
 * Whether `NO_PROXY` exempts this address. Its entries, between commas or blanks, are read as curl and Go do:
 * `example.com` is that host and every host below it, so are `.example.com` and `*.example.com`; `10.0.0.0/8` is a
 * range of addresses; `host:8080` that port only; `*` everything. Names are compared as they are written, not looked up.
 */
export function isExempt(url: URL, noProxy: string): boolean {
  const host = withoutBrackets(url.hostname.toLowerCase()).replace(/\.$/, '')
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry !== '' && matches(entry, host, port))
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true
  const [name, entryPort] = splitPort(entry)
  if (entryPort !== undefined && entryPort !== port) return false
  const [address = '', prefix] = name.split('/', 2)
  if (isIP(address) !== 0)
    return prefix === undefined ? isSame(address, host) : isInRange(address, Number(prefix), host)
  const domain = name.replace(/^\*?\./, '').replace(/\.$/, '')
  return domain !== '' && (host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`)))
}

/** `[::1]:80`, `host:80` or neither; an IPv6 address without brackets has no port. */
function splitPort(entry: string): [string, string | undefined] {
  const parts = /^(\[[^\]]*\](?:\/\d+)?|[^:]*)(?::(\d+))?$/.exec(entry)
  return parts ? [(parts[1] ?? '').replace(/[[\]]/g, ''), parts[2]] : [entry, undefined]
}

function isSame(address: string, host: string): boolean {
  return isInRange(address, isIP(address) === 6 ? 128 : 32, host)
}

function isInRange(address: string, prefix: number, host: string): boolean {
  const [family, hostFamily] = [isIP(address), isIP(host)]
  if (hostFamily === 0 || family !== hostFamily || !(prefix <= (family === 6 ? 128 : 32))) return false
  const list = new BlockList()
  list.addSubnet(address, prefix, family === 6 ? 'ipv6' : 'ipv4')
  return list.check(host, family === 6 ? 'ipv6' : 'ipv4')
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '')
}
