/** Puts texts between `<!-- name -->` and `<!-- end of name -->`. Throws when a page has no such place. */
export function withGeneratedParts(page: string, parts: Readonly<Record<string, string>>): string {
  let result = page
  for (const [name, text] of Object.entries(parts)) {
    const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`]
    const [from, to] = [result.indexOf(begin), result.indexOf(end)]
    if (from === -1 || to < from) throw new Error(`the page has no place for ${name}`)
    result = `${result.slice(0, from + begin.length)}\n\n${text}\n\n${result.slice(to)}`
  }
  return result
}
