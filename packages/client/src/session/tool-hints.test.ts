import { expect, it } from 'vitest'
import { ToolHints } from './tool-hints.js'

const tool = (name: string, annotations?: object) => ({ name, annotations })

it('believes what was said last, page by page', () => {
  const hints = new ToolHints()
  hints.learn({ tools: [tool('read', { readOnlyHint: true }), tool('set', { idempotentHint: true }), tool('add')] }, 1)
  hints.learn({ tools: [tool('other', { readOnlyHint: true })] }, 1)
  expect(['read', 'set', 'add', 'other', 'unheard-of'].map(hints.isSafe)).toEqual([true, true, false, true, false])
  hints.learn({ tools: [tool('read'), tool('set', { readOnlyHint: false })] }, 1)
  expect(['read', 'set', 'other'].map(hints.isSafe)).toEqual([false, false, true])
})

it.each([
  [{ readOnlyHint: true, destructiveHint: true }, false],
  [{ readOnlyHint: 'yes' }, false],
  [{ destructiveHint: false }, false],
  [{ idempotentHint: true, destructiveHint: true }, true],
  ['readOnlyHint', false],
])('%j is safe: %s', (annotations, expected) => {
  const hints = new ToolHints()
  hints.learn({ tools: [{ name: 'a', annotations }, null, { name: 1 }] }, 1)
  expect(hints.isSafe('a')).toBe(expected)
})

it('takes no harm from a server that sends something else', () => {
  const hints = new ToolHints()
  for (const tools of [undefined, null, 'tools', {}]) hints.learn({ tools }, 1)
  expect(hints.isSafe('a')).toBe(false)
})
