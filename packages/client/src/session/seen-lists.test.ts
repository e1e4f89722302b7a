import { expect, it } from 'vitest'
import { listKinds, SeenLists, type ListKind } from './seen-lists.js'

const [tools, prompts] = listKinds as [ListKind, ListKind]
const page = (names: readonly string[], nextCursor?: unknown) => ({
  tools: names.map((name) => ({ name })),
  nextCursor,
})
const counts = (lists: SeenLists) => lists.all.map(({ kind, digest }) => [kind.capability, digest.count])

it('follows the pages of a list by their cursors', () => {
  const lists = new SeenLists()
  lists.note(tools, undefined, page(['a', 'b'], '2'), 1)
  expect(lists.all[0]).toMatchObject({ epoch: 1, nextCursor: '2' })
  lists.note(tools, '2', page(['c'], '3'), 2)
  lists.note(tools, '3', page(['d']), 2)
  expect(counts(lists)).toEqual([['tools', 4]])
  expect(lists.all[0]).toMatchObject({ epoch: 1, nextCursor: undefined })
})

it('begins anew with the first page, and counts nothing twice', () => {
  const lists = new SeenLists()
  for (const cursor of [undefined, undefined, '2', '2', 'unheard-of']) {
    lists.note(tools, cursor, cursor === undefined ? page(['a', 'b'], '2') : page(['c']), 1)
  }
  expect(counts(lists)).toEqual([['tools', 3]])
  lists.note(tools, undefined, page(['a']), 2)
  lists.note(prompts, undefined, { prompts: [] }, 2)
  expect(counts(lists)).toEqual([
    ['tools', 1],
    ['prompts', 0],
  ])
})

it('takes no harm from a server that sends something else', () => {
  const lists = new SeenLists()
  for (const result of [{}, { tools: null }, { tools: 'tools' }, page([], 7), page([], 'x'.repeat(20_000))]) {
    lists.note(tools, undefined, result, 1)
    expect(counts(lists)).toEqual([['tools', 0]])
    expect(lists.all[0]?.nextCursor).toBeUndefined()
  }
})
