import { UsageError } from './usage-error.js'

/**
 * A word in the place of the URL that is nearly the name of a command was meant as one. A host's name may be a word too:
 * `localhost`, or a machine of a local network, is left to the reading of the URL.
 * @throws UsageError
 */
export async function refuseMistypedCommand(given: string, commands: readonly { name(): string }[]): Promise<void> {
  if (!/^[a-z]+$/.test(given)) return
  const { closest, distance } = await import('fastest-levenshtein')
  const guess = closest(
    given,
    commands.map((command) => command.name()),
  )
  if (distance(given, guess) > Math.min(2, guess.length / 3)) return
  throw new UsageError(`"${given}" is neither a command nor a URL. Did you mean mcp-tether ${guess}?`)
}
