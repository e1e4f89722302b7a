import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { LineWriter } from './line-writer.js'

async function* pieces(...texts: (string | Promise<string> | Error)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    if (text instanceof Error) throw text
    yield Buffer.from(await text)
  }
}

function writer() {
  const output = new PassThrough({ highWaterMark: 4 })
  let closed = false
  const lines = new LineWriter(output, () => (closed = true))
  let text = ''
  const read = (): void => void output.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  return { output, lines, read, text: () => text, closed: () => closed }
}

it('a line in pieces is one line, whatever else is written meanwhile', async () => {
  const { lines, read, text } = writer()
  let more!: (text: string) => void
  const late = new Promise<string>((resolve) => (more = resolve))
  read()
  const written = Promise.all([
    lines.write('before'),
    lines.writePieces(pieces('{"a', late, '"}')),
    lines.write('after'),
    lines.writePieces(pieces('[', ']')),
  ])
  let flushed = false
  const flush = lines.flush().then(() => (flushed = true))
  more('b')
  expect(flushed).toBe(false)
  await written
  await flush
  expect(text().split('\n').sort()).toEqual(['', '[]', 'after', 'before', '{"ab"}'])
})

it('a long line is one line, too', async () => {
  const { lines, read, text } = writer()
  const long = 'é😀'.repeat(700_000)
  const written = Promise.all([lines.write('before'), lines.write(long), lines.write('after')])
  read()
  await written
  await lines.flush()
  expect(text().length).toBe(long.length + 'before\n\nafter\n'.length)
  expect(text().split('\n').includes(long)).toBe(true)
})

it('a line that can’t be written to its end is the last', async () => {
  const { output, lines, read, text, closed } = writer()
  read()
  const end = new Promise((resolve) => output.on('close', resolve))
  await lines.writePieces(pieces('{"half', new Error('disk')))
  await end
  await lines.write('after')
  await lines.flush()
  expect(text()).not.toContain('\n')
  expect(closed()).toBe(true)
})

it('the next piece is asked for when there is room, and no more when the reader has gone', async () => {
  const { output, lines } = writer()
  let asked = 0
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      asked++
      yield await Promise.resolve(Buffer.alloc(16))
    }
  }
  const written = lines.writePieces(endless())
  await new Promise((resolve) => setImmediate(resolve))
  expect(asked).toBe(1)
  output.destroy()
  await written
  await lines.flush()
  expect(asked).toBeLessThanOrEqual(2)
})
