import { createHash } from 'node:crypto'

/** Below the ports that systems hand out themselves (Linux: from 32768, others: from 49152). */
const firstPort = 20_000
const portCount = 12_000
/** How many are tried when one is taken. */
const tries = 8

/**
 * The ports to listen on, in the order to try them. Derived from the server's URL, so that a client that is registered
 * once has the same redirect URI in every run, and two servers do not get into each other's way. A port that is fixed,
 * because somebody else has written it down, is the only one.
 */
export function callbackPorts(
  server: URL,
  { port, mustBeTheSame }: { readonly port: number | undefined; readonly mustBeTheSame: boolean },
): readonly number[] {
  if (port !== undefined) return [port]
  const offset = createHash('sha256').update(server.href).digest().readUInt32BE(0)
  const all = Array.from({ length: tries }, (_, index) => firstPort + ((offset + index) % portCount))
  return mustBeTheSame ? all.slice(0, 1) : all
}
