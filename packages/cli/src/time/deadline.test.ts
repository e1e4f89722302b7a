import { once } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { deadline } from './deadline.js'

it('comes when its time is over, also after everything that nobody holds was collected', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const { signal } = deadline(50, new AbortController().signal)
  const aborted = new Promise<unknown>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve(signal.reason)
    })
  })
  collect()
  await new Promise(setImmediate)
  collect()
  expect(await aborted).toMatchObject({ name: 'TimeoutError' })
})

it('comes with any of the others, with its reason', async () => {
  const other = new AbortController()
  const { signal, cancel } = deadline(60_000, other.signal)
  const aborted = once(signal, 'abort')
  other.abort(new Error('enough'))
  await aborted
  expect(signal.reason).toMatchObject({ message: 'enough' })
  expect(deadline(60_000, other.signal).signal.aborted).toBe(true)
  cancel()
})

it('does not come any more when it was cancelled', async () => {
  const other = new AbortController()
  const { signal, cancel } = deadline(1, other.signal)
  cancel()
  other.abort()
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(signal.aborted).toBe(false)
})
