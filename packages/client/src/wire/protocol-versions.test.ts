import { expect, it } from 'vitest'
import { isAcceptableVersion } from './protocol-versions.js'

it.each([
  ['2025-11-25', '2025-11-25', true],
  ['2025-03-26', '2025-11-25', true],
  ['2025-11-25', '2025-06-18', false],
  ['2099-01-01', '2025-11-25', false],
  ['2099-01-01', '2100-01-01', false],
  ['', '2025-11-25', false],
])('answered %s, offered %s: %s', (answered, offered, acceptable) => {
  expect(isAcceptableVersion(answered, offered)).toBe(acceptable)
})
