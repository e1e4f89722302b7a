import type { ParseError } from 'jsonc-parser'

/** Says where a text is no JSON and why, without repeating any of it: `line 3, column 5: comma expected`. */
export async function jsonMistake(text: string): Promise<string> {
  // Only for those who need it.
  const { parse, printParseErrorCode } = await import('jsonc-parser')
  const errors: ParseError[] = []
  parse(text, errors, { disallowComments: true })
  const [first] = errors
  if (!first) return 'no valid JSON'
  const before = text.slice(0, first.offset).split(/\r\n|\r|\n/)
  const reason = printParseErrorCode(first.error).replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}: ${reason.toLowerCase()}`
}
