import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { mutants } from './mutants.js'

const source = join(import.meta.dirname, '../../../packages/client/src')

it.each(mutants)('$name: fits the engine', async ({ file, find }) => {
  expect((await readFile(join(source, file), 'utf8')).split(find)).toHaveLength(2)
})
