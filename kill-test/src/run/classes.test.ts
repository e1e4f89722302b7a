import { expect, it } from 'vitest'
import { emptyHistory } from '../judge/history.js'
import { classesOf, tooRare } from './classes.js'

it('a run in which nothing happened but kills is none', () => {
  const history = { ...emptyHistory('test'), kills: Array.from({ length: 100 }, () => ({ at: 0, instance: 'one' })) }
  const complaints = tooRare(classesOf([history]))
  expect(complaints).toContain('too few calls answered: 0, and 500 are the least for 100 kills')
  expect(complaints.length).toBeGreaterThan(8)
})
