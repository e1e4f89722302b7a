import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { killTest } from '../run/kill-test.js'
import { buildMutant } from './build-mutant.js'
import { mutants } from './mutants.js'

const root = join(import.meta.dirname, '../../..')

it.each(mutants)('$name: fits the server', async ({ file, find }) => {
  expect((await readFile(join(root, 'packages/server/src', file), 'utf8')).split(find)).toHaveLength(2)
})

it('a call that is run again when its session is restored is found', { timeout: 180_000 }, async () => {
  const [mutant] = mutants
  if (mutant === undefined) throw new Error('There is no mutant.')
  const folder = await mkdtemp(join(tmpdir(), 'mcp-tether-mutant-'))
  try {
    const server = pathToFileURL(await buildMutant(mutant, root, folder)).href
    const { failures } = await killTest({
      kills: 3,
      seed: 1,
      store: 'lmdb',
      replicas: mutant.replicas,
      server,
      signal: new AbortController().signal,
    })
    expect(failures.filter((failure) => failure.includes('was executed 2 times'))).not.toEqual([])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
