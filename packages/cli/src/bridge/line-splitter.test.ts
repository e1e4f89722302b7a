import { describe, expect, it } from 'vitest'
import { LineSplitter } from './line-splitter.js'

function split(chunks: readonly Buffer[], maxBytes = 1000): string[] {
  const splitter = new LineSplitter(maxBytes)
  const lines = chunks.flatMap((chunk) => splitter.push(chunk))
  const rest = splitter.end()
  return [...lines, ...(rest === undefined ? [] : [rest])].map((line) => line.toString())
}

describe('LineSplitter', () => {
  it('cuts at line feeds, wherever the chunks were cut', () => {
    const bytes = Buffer.from('{"a":"hé€😀"}\r\n\n{"b":2}\nrest')
    const expected = ['{"a":"hé€😀"}', '', '{"b":2}', 'rest']
    for (let size = 1; size <= bytes.length; size++) {
      const chunks: Buffer[] = []
      for (let start = 0; start < bytes.length; start += size) chunks.push(bytes.subarray(start, start + size))
      expect(split(chunks)).toEqual(expected)
    }
  })

  it('drops a line that is too long, and only that one', () => {
    expect(split([Buffer.from('12345'), Buffer.from('678901\nok\n')], 10)).toEqual(['too-long', 'ok'])
    expect(split([Buffer.from('12345678901')], 10)).toEqual(['too-long'])
  })

  it('joins a line of many chunks in linear time', () => {
    const splitter = new LineSplitter(64 * 1024 * 1024)
    const chunk = Buffer.alloc(16 * 1024, 'x')
    for (let count = 0; count < 2048; count++) expect(splitter.push(chunk)).toEqual([])
    expect(splitter.push(Buffer.from('\n'))[0]).toHaveLength(2048 * chunk.length)
  })
})
