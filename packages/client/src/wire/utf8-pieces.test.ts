import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Utf8Pieces } from './utf8-pieces.js'

const encoder = new TextEncoder()

/** Text with characters of every length and byte order marks, and bytes that are no text. */
const someBytes = fc.oneof(
  fc.array(fc.constantFrom('a', 'é', '€', '😀', '\uFEFF')).map((characters) => encoder.encode(characters.join(''))),
  fc
    .array(fc.constantFrom(0x0a, 0x80, 0xbf, 0xc0, 0xc3, 0xe0, 0xe2, 0xed, 0xf0, 0xf4, 0xff))
    .map((list) => Uint8Array.from(list)),
  fc.uint8Array(),
)

it('reads pieces as a decoder of streams does, wherever they are cut', () => {
  fc.assert(
    fc.property(someBytes, fc.array(fc.nat(20)), (bytes, cuts) => {
      const closed = Uint8Array.from([...bytes, 0x0a])
      const ours = new Utf8Pieces()
      const platforms = new TextDecoder()
      let [mine, theirs] = ['', '']
      let at = 0
      for (const length of [...cuts, closed.byteLength]) {
        const piece = closed.subarray(at, at + length)
        at += length
        mine += ours.push(piece)
        theirs += platforms.decode(piece, { stream: true })
      }
      expect(mine).toBe(theirs)
    }),
    { numRuns: 1_000 },
  )
})

it('holds no more than a character that is cut', () => {
  const pieces = new Utf8Pieces()
  expect(pieces.push(encoder.encode('a😀').subarray(0, 4))).toBe('a')
  expect(pieces.push(encoder.encode('😀b').subarray(3))).toBe('😀b')
})
