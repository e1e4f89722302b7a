import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Utf8Repair } from './utf8-repair.js'

function repaired(pieces: readonly Uint8Array[]): string {
  const repair = new Utf8Repair()
  const bytes = Buffer.concat([...pieces.map((piece) => repair.push(piece)), repair.end()])
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
}

/** Bytes that look like UTF-8 more often than chance would have it. */
const likely = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }).map((text) => new TextEncoder().encode(text)),
  fc.uint8Array({ maxLength: 6 }),
  fc
    .constantFrom(
      [0xef, 0xbb, 0xbf],
      [0xe0, 0x80],
      [0xf0, 0x9f],
      [0x98, 0x80],
      [0xed, 0xa0, 0x80],
      [0xff],
      [0xf4, 0x90],
    )
    .map((bytes) => Uint8Array.from(bytes)),
)

it('bytes come out as a Response reads them, however they are cut', () => {
  fc.assert(
    fc.property(fc.array(likely, { maxLength: 8 }), (pieces) => {
      expect(repaired(pieces)).toBe(new TextDecoder().decode(Buffer.concat(pieces)))
    }),
    { numRuns: 3_000 },
  )
})

it('what is in order is not copied', () => {
  const piece = Buffer.from('{"é":"😀"}')
  const out = new Utf8Repair().push(piece)
  expect(out.buffer).toBe(piece.buffer)
  expect(out.byteOffset).toBe(piece.byteOffset)
})
