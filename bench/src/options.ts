import { parseArgs } from 'node:util'

export const help = `Measures what session recovery costs. Takes about a minute; progress goes to stderr.

Usage: npm run bench -- [options]

Options:
  --only <part>  only this part; can be repeated: cpu, throughput, recovery, posts, heap
  --json         the findings as JSON on stdout, instead of a table
  --strict       exit with 1 also when a figure is over its target, not only when a count is wrong
  --help         this text

Examples:
  npm run bench
  npm run bench -- --only heap --only posts
  npm run --silent bench -- --json > figures.json
`

export const parts = ['cpu', 'throughput', 'recovery', 'posts', 'heap'] as const
export type Part = (typeof parts)[number]

export interface Options {
  readonly only: readonly Part[]
  readonly json: boolean
  readonly strict: boolean
  readonly help: boolean
}

/** Reads the command line. Throws with a sentence for its writer when it can't be meant. */
export function readOptions(words: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...words],
    options: {
      only: { type: 'string', multiple: true },
      json: { type: 'boolean' },
      strict: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  const { only = parts, json = false, strict = false, help: wantsHelp = false } = values
  const unknown = only.find((part) => !isPart(part))
  if (unknown !== undefined) throw new Error(`There is no part "${unknown}", but there are ${parts.join(', ')}.`)
  return { only: only.filter(isPart), json, strict, help: wantsHelp }
}

function isPart(word: string): word is Part {
  return (parts as readonly string[]).includes(word)
}
