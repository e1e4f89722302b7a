import { expect, it } from 'vitest'
import { type LargeFacts, largeVerdict } from './large-verdict.js'

const mebibyte = 1024 * 1024
const message: LargeFacts = {
  size: 200 * mebibyte,
  isBatch: false,
  isMessage: true,
  isError: false,
  isForSomebody: true,
}

it.each<[string, Partial<LargeFacts>, string]>([
  ['a result', {}, 'pass on'],
  ['a notification', { isForSomebody: false }, 'pass on'],
  ['an error', { isError: true }, 'pass on'],
  ['an error that memory can hold', { isError: true, size: 16 * mebibyte }, 'look into'],
  [
    'an error for nobody that memory can hold',
    { isError: true, isForSomebody: false, size: 2 * mebibyte },
    'look into',
  ],
  ['an error for nobody', { isError: true, isForSomebody: false }, 'not kept'],
  ['a batch that memory can hold', { isBatch: true, isMessage: false, size: 16 * mebibyte }, 'look into'],
  ['a batch', { isBatch: true, isMessage: false, size: 16 * mebibyte + 1 }, 'not kept'],
  ['JSON that is no JSON-RPC', { isMessage: false }, 'no message'],
])('%s', (_name, facts, kind) => {
  expect(largeVerdict({ ...message, ...facts }).kind).toBe(kind)
})

it('says how large it is, and how large it may be', () => {
  expect(largeVerdict({ ...message, isBatch: true })).toMatchObject({
    why: 'it is a batch of 200 MiB, of which the bridge holds 16 MiB at most',
  })
})
