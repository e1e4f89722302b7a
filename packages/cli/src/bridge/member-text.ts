/**
 * The text of a top-level member of a JSON object, exactly as it was written: numbers too big for a double, escapes,
 * order of keys. `json` must be valid JSON; `undefined` when it is no object or has no such member.
 */
export function memberText(json: string, name: string): string | undefined {
  let position = skipSpace(json, 0)
  if (json[position] !== '{') return undefined
  position = skipSpace(json, position + 1)
  let found: string | undefined
  while (json[position] === '"') {
    const keyEnd = endOfString(json, position)
    const key = JSON.parse(json.slice(position, keyEnd)) as string
    const start = skipSpace(json, skipSpace(json, keyEnd) + 1)
    const end = endOfValue(json, start)
    // Of two members of one name JSON.parse takes the last, so we do.
    if (key === name) found = json.slice(start, end)
    position = skipSpace(json, end)
    if (json[position] !== ',') break
    position = skipSpace(json, position + 1)
  }
  return found
}

/**
 * The texts of the elements of a JSON array, each exactly as it was written. `json` must be valid JSON; empty when it is
 * no array.
 */
export function elementTexts(json: string): string[] {
  const texts: string[] = []
  let position = skipSpace(json, 0)
  if (json[position] !== '[') return texts
  position = skipSpace(json, position + 1)
  while (position < json.length && json[position] !== ']') {
    const end = endOfValue(json, position)
    texts.push(json.slice(position, end))
    position = skipSpace(json, end)
    if (json[position] === ',') position = skipSpace(json, position + 1)
  }
  return texts
}

function skipSpace(json: string, start: number): number {
  let position = start
  while (/[ \t\r\n]/.test(json[position] ?? '')) position++
  return position
}

/** `start` is at the opening quote; returns the place after the closing one. */
function endOfString(json: string, start: number): number {
  let quote = start
  for (;;) {
    quote = json.indexOf('"', quote + 1)
    if (quote === -1) return json.length
    let backslashes = 0
    while (json[quote - 1 - backslashes] === '\\') backslashes++
    if (backslashes % 2 === 0) return quote + 1
  }
}

function endOfValue(json: string, start: number): number {
  let position = start
  let depth = 0
  const marks = /["{}[\],]|[ \t\r\n]/g
  for (;;) {
    marks.lastIndex = position
    const mark = marks.exec(json)
    if (!mark) return json.length
    position = mark.index
    const character = mark[0]
    if (character === '"') {
      position = endOfString(json, position)
      if (depth === 0) return position
    } else if (character === '{' || character === '[') {
      depth++
      position++
    } else if (character === '}' || character === ']') {
      if (depth === 0) return position
      position++
      if (--depth === 0) return position
    } else if (depth === 0) {
      return position
    } else {
      position++
    }
  }
}
