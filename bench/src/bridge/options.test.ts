import { expect, it } from 'vitest'
import { readOptions } from './options.js'

it('has a default for everything', () => {
  expect(readOptions([])).toMatchObject({ rounds: 7, server: 'plain', floors: false, json: false, strict: false })
})

it.each([
  [['--rounds', '0'], '--rounds wants a number from 1 on, not "0".'],
  [['--rounds', 'many'], '--rounds wants a number from 1 on, not "many".'],
  [['--server', 'mine'], 'There is no server "mine", but there are plain, sdk, everything.'],
])('says of %j what is wrong', (words, message) => {
  expect(() => readOptions(words)).toThrow(message)
})
