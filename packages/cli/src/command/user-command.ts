import { parseServerUrl } from '../options/parse-url.js'
import { UsageError } from './usage-error.js'

/** A line of a command's result. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** A line about what went wrong on the way to it. */
export function warn(line: string): void {
  process.stderr.write(`mcp-tether: ${line}\n`)
}

/** The `<url>` of a command about one server. Throws a UsageError. */
export function serverArgument(given: string | undefined, command: string, environment: NodeJS.ProcessEnv): URL {
  if (given === undefined || given.trim() === '') {
    throw new UsageError(
      `no URL was given; expected the server's address: mcp-tether ${command} https://example.com/mcp`,
    )
  }
  return parseServerUrl(given, { name: '<url>', environment, directory: process.cwd() })
}
