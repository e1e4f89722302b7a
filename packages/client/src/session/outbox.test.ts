import { expect, it, vi } from 'vitest'
import { Outbox } from './outbox.js'

it('gives everything away once, in order, and nothing twice', () => {
  const outbox = new Outbox()
  const added = vi.fn()
  const stop = outbox.onAdded(added)
  outbox.add({ method: 'a' })
  outbox.add({ method: 'b', params: { x: 1 } })
  outbox.add({ method: 'a' })
  expect(added).toHaveBeenCalledTimes(3)
  expect(outbox.takeAll()).toEqual([
    '{"jsonrpc":"2.0","method":"a"}',
    '{"jsonrpc":"2.0","method":"b","params":{"x":1}}',
  ])
  expect(outbox.isEmpty).toBe(true)
  expect(outbox.takeAll()).toEqual([])
  stop()
  outbox.add({ method: 'a' })
  expect(added).toHaveBeenCalledTimes(3)
})

it('holds no more than its limit', () => {
  const outbox = new Outbox()
  for (let index = 0; index < 100; index++) outbox.add({ method: String(index) })
  const methods = outbox.takeAll().map((text) => (JSON.parse(text) as { method: string }).method)
  expect(methods).toHaveLength(32)
  expect(methods.at(-1)).toBe('99')
})
