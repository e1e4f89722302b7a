import { readdir, readlink, stat } from 'node:fs/promises'
import { afterEach, expect, it } from 'vitest'
import { type ScratchDirectory, scratchDirectory } from '../../testing/scratch-directory.fixture.js'
import { SpoolFile } from './spool-file.js'

let scratch: ScratchDirectory
let file: SpoolFile | undefined
afterEach(async () => {
  await file?.close()
  await scratch.remove()
})

it('is written and read in pieces', async () => {
  scratch = await scratchDirectory()
  file = await SpoolFile.create(scratch.path)
  const text = 'a0é9'.repeat(200_000)
  for (const part of [text.slice(0, 7), text.slice(7)]) await file.append(Buffer.from(part))
  expect(file.size).toBe(1_000_000)
  expect((await file.text()) === text).toBe(true)
  expect(await file.text(5, 10)).toBe('a0é9')
  const lengths = []
  for await (const piece of file.pieces()) lengths.push(piece.length)
  expect(lengths.length).toBeGreaterThan(3)
  expect(lengths.reduce((sum, length) => sum + length)).toBe(1_000_000)
  const none = []
  for await (const piece of file.pieces(3, 3)) none.push(piece)
  expect(none).toEqual([])
})

it.runIf(process.platform !== 'win32')('has no name, so that nothing is left of it', async () => {
  scratch = await scratchDirectory()
  file = await SpoolFile.create(scratch.path)
  await file.append(Buffer.from('secret'))
  expect(await readdir(scratch.path)).toEqual([])
  await file.close()
  await file.close()
  await expect(file.text()).rejects.toThrow()
})

it.runIf(process.platform === 'linux')('is nobody else’s to read', async () => {
  scratch = await scratchDirectory()
  file = await SpoolFile.create(scratch.path)
  const [mode] = await modesOfDeleted(scratch.path)
  expect(mode).toBe(0o600)
})

/** The modes of this process's open files that were once in a directory. */
async function modesOfDeleted(directory: string): Promise<number[]> {
  const modes: number[] = []
  for (const name of await readdir('/proc/self/fd')) {
    const target = await readlink(`/proc/self/fd/${name}`).catch(() => '')
    if (target.startsWith(directory)) modes.push((await stat(`/proc/self/fd/${name}`)).mode & 0o777)
  }
  return modes
}

it('says where the directory is missing', async () => {
  scratch = await scratchDirectory()
  await expect(SpoolFile.create(`${scratch.path}/none`)).rejects.toMatchObject({ code: 'ENOENT' })
})
