import { expect, it } from 'vitest'
import { retryAfterMs } from './retry-after.js'

const date = 'Sun, 06 Nov 1994 08:49:37 GMT'

it.each([
  [{ 'retry-after': '0' }, 0],
  [{ 'retry-after': ' 120 ' }, 120_000],
  [{ 'retry-after': 'Sun, 06 Nov 1994 08:49:40 GMT', date }, 3_000],
  [{ 'retry-after': 'Sun, 06 Nov 1994 08:49:00 GMT', date }, 0],
  [{ 'retry-after': 'Sun, 06 Nov 1994 08:49:40 GMT' }, undefined],
  [{ 'retry-after': 'soon', date }, undefined],
  [{ 'retry-after': '-1', date }, undefined],
  [{}, undefined],
])('%j: %s ms', (headers, expected) => {
  expect(retryAfterMs(new Headers(headers as Record<string, string>))).toBe(expected)
})
