/**
 * JSON (RFC 8259) byte by byte as a table: `jsonTable[(state << 8) | byte]` is the next state, or, below
 * {@link firstState}, something to be done. Bytes beyond ASCII belong into strings only; that they are UTF-8 is somebody
 * else's concern.
 */
export const jsonTable = new Uint8Array(64 << 8)

/** The byte does not belong here. */
export const invalid = 0
/** A line's end, which may be white space, or the end of what may be read. */
export const lineBreak = 1
/** A value begins; what kind, its first byte in the state {@link beforeValue} says. */
export const beginValue = 2
export const beginName = 3
export const beginString = 4
/** A name or a string goes on after an escape. */
export const escapeOver = 5
export const endName = 6
/** A string or a word ends with this byte. */
export const endValue = 7
/** A number ended before this byte. */
export const endedBefore = 8
export const openObject = 9
export const openArray = 10
export const close = 11

export const firstState = 16
export const [expectValue, expectValueOrClose, expectName, expectNameOrClose, expectColon] = [
  16, 17, 18, 19, 20,
] as const
export const [afterMember, afterElement, afterAll, beforeValue, inString, inName] = [21, 22, 23, 24, 25, 26] as const
/** Of an escape in a string, and, one row further for each, in a name. */
const escapeStates = 27
const [afterMinus, afterZero, inInteger, afterPoint, inFraction, afterE, afterESign, inExponent] = [
  37, 38, 39, 40, 41, 42, 43, 44,
]
const firstWordState = 45

function on(state: number, characters: string, next: number): void {
  for (const character of characters) jsonTable[(state << 8) | character.charCodeAt(0)] = next
}

function otherwise(state: number, next: number): void {
  jsonTable.fill(next, state << 8, (state + 1) << 8)
}

for (let state: number = expectValue; state <= afterAll; state++) on(state, ' \t', state)
for (const state of [expectValue, expectValueOrClose]) on(state, '"{[-0123456789tfn', beginValue)
for (const state of [expectName, expectNameOrClose]) on(state, '"', beginName)
on(expectValueOrClose, ']', close)
on(expectNameOrClose, '}', close)
on(expectColon, ':', expectValue)
on(afterMember, ',', expectName)
on(afterMember, '}', close)
on(afterElement, ',', expectValue)
on(afterElement, ']', close)

on(beforeValue, '"', beginString)
on(beforeValue, '{', openObject)
on(beforeValue, '[', openArray)

const hexDigits = '0123456789abcdefABCDEF'
for (const [state, escape, end] of [
  [inString, escapeStates, endValue],
  [inName, escapeStates + 5, endName],
] as const) {
  otherwise(state, state)
  jsonTable.fill(invalid, state << 8, (state << 8) + 0x20)
  on(state, '"', end)
  on(state, '\\', escape)
  on(escape, '"\\/bfnrt', escapeOver)
  on(escape, 'u', escape + 1)
  for (const digit of [1, 2, 3]) on(escape + digit, hexDigits, escape + digit + 1)
  on(escape + 4, hexDigits, escapeOver)
}

const digits = '0123456789'
on(beforeValue, '-', afterMinus)
for (const state of [beforeValue, afterMinus]) {
  on(state, digits, inInteger)
  on(state, '0', afterZero)
}
for (const state of [afterZero, inInteger, inFraction, inExponent]) otherwise(state, endedBefore)
for (const state of [afterZero, inInteger]) on(state, '.', afterPoint)
for (const state of [afterZero, inInteger, inFraction]) on(state, 'eE', afterE)
on(inInteger, digits, inInteger)
for (const state of [afterPoint, inFraction]) on(state, digits, inFraction)
on(afterE, '+-', afterESign)
for (const state of [afterE, afterESign, inExponent]) on(state, digits, inExponent)

let free = firstWordState
for (const word of ['true', 'false', 'null']) {
  let state: number = beforeValue
  for (const character of word.slice(0, -1)) {
    on(state, character, free)
    state = free++
  }
  on(state, word.slice(-1), endValue)
}

for (let state: number = firstState; state < free; state++) on(state, '\n\r', lineBreak)

/** Whether a line break may stand here as white space. It ends a number. */
export function isBetweenTokens(state: number): boolean {
  return state <= afterAll
}

/** Whether this is in a number that may be over: a number alone has no end of its own. */
export function mayEndIn(state: number): boolean {
  return jsonTable[(state << 8) | 0x20] === endedBefore
}

/** What the escape that is over was in. */
export function stateAfterEscape(state: number): number {
  return state < escapeStates + 5 ? inString : inName
}
