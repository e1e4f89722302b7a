/**
 * The strings, numbers and words of JSON (RFC 8259) as a table: `tokenTable[(state << 8) | byte]` is the next state. It
 * is what makes a scanner of half a gigabyte per second out of plain code. Bytes beyond ASCII belong into strings only;
 * that they are UTF-8 is somebody else's concern.
 */
export const tokenTable = new Uint8Array(32 << 8)

/** The byte does not belong here. */
export const invalid = 0
/** The token ended with this byte. */
export const ended = 1
/** The token ended before this byte. */
export const endedBefore = 2
/** Before the first byte of a token. */
export const beforeToken = 3
export const inString = 4

const [inEscape, hex1, hex2, hex3, hex4] = [5, 6, 7, 8, 9]
const [afterMinus, afterZero, inInteger, afterPoint, inFraction, afterE, afterESign, inExponent] = [
  10, 11, 12, 13, 14, 15, 16, 17,
]
const firstWordState = 18

const digits = '0123456789'

function on(state: number, characters: string, next: number): void {
  for (const character of characters) tokenTable[(state << 8) | character.charCodeAt(0)] = next
}

function otherwise(state: number, next: number): void {
  tokenTable.fill(next, state << 8, (state + 1) << 8)
}

on(beforeToken, '"', inString)
otherwise(inString, inString)
tokenTable.fill(invalid, inString << 8, (inString << 8) + 0x20)
on(inString, '"', ended)
on(inString, '\\', inEscape)
on(inEscape, '"\\/bfnrt', inString)
on(inEscape, 'u', hex1)
const hexDigits = `${digits}abcdefABCDEF`
on(hex1, hexDigits, hex2)
on(hex2, hexDigits, hex3)
on(hex3, hexDigits, hex4)
on(hex4, hexDigits, inString)

on(beforeToken, '-', afterMinus)
for (const state of [beforeToken, afterMinus]) {
  on(state, digits, inInteger)
  on(state, '0', afterZero)
}
for (const state of [afterZero, inInteger, inFraction, inExponent]) otherwise(state, endedBefore)
for (const state of [afterZero, inInteger]) on(state, '.', afterPoint)
for (const state of [afterZero, inInteger, inFraction]) on(state, 'eE', afterE)
on(inInteger, digits, inInteger)
on(afterPoint, digits, inFraction)
on(inFraction, digits, inFraction)
on(afterE, '+-', afterESign)
for (const state of [afterE, afterESign, inExponent]) on(state, digits, inExponent)

let free = firstWordState
for (const word of ['true', 'false', 'null']) {
  let state = beforeToken
  for (const character of word.slice(0, -1)) {
    on(state, character, free)
    state = free++
  }
  on(state, word.slice(-1), ended)
}

/** Whether the text may end here: a number alone has no end of its own. */
export function mayEndIn(state: number): boolean {
  return tokenTable[(state << 8) | 0x20] === endedBefore
}
