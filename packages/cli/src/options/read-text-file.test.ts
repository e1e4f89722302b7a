import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { unprivileged } from '../testing/unprivileged.fixture.js'
import { readTextFile } from './read-text-file.js'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mcp-tether-'))
  const at = (name: string): string => join(directory, name)
  await writeFile(at('good'), '\ufeffgrüezi')
  await writeFile(at('latin-1'), Buffer.from([0x67, 0xfc, 0x65]))
  await writeFile(at('large'), '')
  await truncate(at('large'), 1024 * 1024 + 1)
  await mkdir(at('directory'))
  await symlink(at('circle'), at('circle'))
  await mkdir(at('locked'))
  await writeFile(at('locked/file'), 'geheim')
  await chmod(at('locked'), 0)
  await writeFile(at('unreadable'), 'geheim')
  await chmod(at('unreadable'), 0)
  if (process.platform !== 'win32') execFileSync('mkfifo', [at('pipe')])
})
afterAll(() => rm(directory, { recursive: true, force: true }))

function complaint(name: string): string {
  try {
    readTextFile({ path: join(directory, name), name: '--file', exitCode: 77 })
  } catch (error) {
    expect(error).toMatchObject({ name: 'UsageError', exitCode: 77 })
    return (error as Error).message.replace(directory, '')
  }
  throw new Error('nothing was refused')
}

describe('a text file', () => {
  it('is read without its byte order mark', () => {
    expect(readTextFile({ path: join(directory, 'good'), name: '--file', exitCode: 77 })).toBe('grüezi')
  })

  it.each([
    ['missing', '--file: "/missing" does not exist'],
    ['good/more', '--file: "/good/more" does not exist: a part of its path is no directory'],
    ['directory', '--file: "/directory" is a directory; expected a file'],
    ['circle', '--file: "/circle" can\'t be read: its symbolic links go in circles'],
    ['large', '--file: "/large" has 1048577 bytes; expected no more than 1048576'],
    ['latin-1', '--file: "/latin-1" holds bytes that are no UTF-8 text; save it as UTF-8'],
    ['nul\0l', '--file: "/nul l" can\'t be read: ERR_INVALID_ARG_VALUE'],
  ])('is not %j', (name, expected) => {
    expect(complaint(name)).toBe(expected)
  })

  it('has no name without end', () => {
    expect(complaint('x'.repeat(1000))).toMatch(/^--file: ".{150,250}…" can't be read: its name is too long$/)
  })

  it.skipIf(process.platform === 'win32')('is no pipe that nobody writes to', () => {
    expect(complaint('pipe')).toBe('--file: "/pipe" is no ordinary file')
  })

  it.skipIf(process.platform === 'win32').each(['unreadable', 'locked/file'])('may be read: %s', async (name) => {
    await chmod(directory, 0o755)
    expect(unprivileged(() => complaint(name))).toBe(`--file: "/${name}" can't be read: permission denied`)
  })
})
