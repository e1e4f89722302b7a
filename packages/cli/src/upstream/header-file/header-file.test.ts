import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { refusalOf } from '../../testing/refusal.fixture.js'
import { type ScratchDirectory, scratchDirectory } from '../../testing/scratch-directory.fixture.js'
import { readHeaderFile, withHeaderFile } from './header-file.js'

let scratch: ScratchDirectory
beforeEach(async () => {
  scratch = await scratchDirectory()
})
afterEach(() => scratch.remove())

const environment = { TOKEN: 't0ken', EMPTY: '', LINES: 'geheim\nX-More: 1' }
const read = (platform?: NodeJS.Platform) =>
  readHeaderFile('headers', { name: '--header-file', environment, directory: scratch.path }, platform)

describe('a header file', () => {
  it('has a header on each line, with variables, comments and empty lines', async () => {
    await scratch.write(
      'headers',
      '\ufeff# mine\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n  X-A:1\nx-a: 2 # no comment\n',
    )
    const { headers, warning } = read()
    expect([...headers]).toEqual([
      ['authorization', 'Bearer t0ken'],
      ['x-a', '1, 2 # no comment'],
    ])
    expect(warning).toBeUndefined()
  })

  it.each([
    ['X: 1\nsk-live-verysecret', 'line 2 was given 18 characters without a colon'],
    ['# c\n\nbad name: geheim', 'line 3 was given the name "bad name"'],
    ['X: ${MISSING}', 'line 1 X was given the variable MISSING, which is not set'],
    ['X: ${EMPTY}', 'line 1 X was given the variable EMPTY, which is empty'],
    ['X: ${LINES}', 'line 1 X was given a value with a line break'],
    ['X: geheim€', "a character that HTTP headers can't hold"],
    ['Mcp-Session-Id: geheim', 'line 1 was given Mcp-Session-Id, which the bridge sets itself'],
  ])('with %j is refused by file and line, without its value', async (text, expected) => {
    await scratch.write('headers', text)
    const message = await refusalOf(() => read())
    expect(message).toContain('--header-file: "')
    expect(message).toContain(expected)
    expect(message).not.toMatch(/geheim|verysecret/)
  })

  it('that is none is refused', async () => {
    expect(await refusalOf(() => read())).toMatch(/^--header-file: ".*headers" does not exist/)
    await mkdir(join(scratch.path, 'headers'))
    expect(await refusalOf(() => read())).toContain('is a directory; expected a file')
  })

  it('of bytes that are no text is refused', async () => {
    await scratch.write('headers', new Uint8Array([0x58, 0x3a, 0xff]))
    expect(await refusalOf(() => read())).toContain('no UTF-8 text')
  })

  it.each([
    [0o600, 'linux', undefined],
    [0o400, 'darwin', undefined],
    [0o640, 'linux', 'can be read by the group; keep it to yourself: chmod 600'],
    [0o644, 'darwin', 'can be read by every user of this machine'],
    [0o666, 'linux', 'can be read or changed by every user of this machine'],
    // There, these bits say nothing.
    [0o666, 'win32', undefined],
  ] as const)('of mode %i on %s: %s', async (mode, platform, expected) => {
    await scratch.write('headers', 'X: 1', mode)
    const { warning } = read(platform)
    if (expected === undefined) expect(warning).toBeUndefined()
    else expect(warning).toContain(expected)
  })

  it('gives way to the command line', () => {
    const file = { headers: new Headers({ 'X-A': 'file', 'X-B': 'file' }) }
    expect([...withHeaderFile(new Headers({ 'x-a': 'line' }), file)]).toEqual([
      ['x-a', 'line'],
      ['x-b', 'file'],
    ])
    expect([...withHeaderFile(undefined, undefined)]).toEqual([])
  })
})
