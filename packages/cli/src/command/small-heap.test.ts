import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { heapFlags } from './small-heap.js'

it('every flag is one that this V8 knows: of any other it complains on stderr', () => {
  const script = `require('node:v8').setFlagsFromString(process.argv[1])`
  const said = heapFlags.map(
    (flag) => spawnSync(process.execPath, ['-e', script, '--', flag], { encoding: 'utf8' }).stderr,
  )
  expect(said).toEqual(heapFlags.map(() => ''))
})
