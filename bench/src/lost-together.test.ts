import { expect, it } from 'vitest'
import { postsOfLossOf } from './lost-together.js'

it('a thousand parallel calls that lose their session share one recovery', async () => {
  expect(await postsOfLossOf(1_000)).toEqual({ posts: 2_002, expected: 2_002 })
})
