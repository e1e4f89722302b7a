import { expect, it } from 'vitest'
import { parts, readOptions } from './options.js'

it('has a default for everything', () => {
  expect(readOptions([])).toEqual({
    ...{ store: 'lmdb', only: parts, pairs: 9, sessions: 100_000, json: false, strict: false, help: false },
  })
})

it.each([
  [['--pairs', '0'], '--pairs wants a number from 1 on, not "0".'],
  [['--store', 'mine'], 'There is no store "mine", but there are lmdb, memory, redis.'],
  [['--only', 'all'], 'There is no part "all", but there are round-trips, throughput, re-creation, storage.'],
])('says of %j what is wrong', (words, message) => {
  expect(() => readOptions(words)).toThrow(message)
})
