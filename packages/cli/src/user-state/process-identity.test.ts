import { describe, expect, it } from 'vitest'
import { judgeLife, lifeOf, linuxSight, ownIdentity } from './process-identity.js'

describe('whether a process that was named is still there', () => {
  const named = { pid: 7, host: 'here', start: '100' }
  it.each([
    ['the same start', named, { host: 'here', exists: true, start: '100' }, 'alive'],
    ['the number in use by a later process', named, { host: 'here', exists: true, start: '200' }, 'dead'],
    ['nobody has the number', named, { host: 'here', exists: false, start: undefined }, 'dead'],
    ['another machine, boot or container', named, { host: 'there', exists: true, start: '100' }, 'unknown'],
    ['no start time to compare', { pid: 7, host: 'here' }, { host: 'here', exists: true, start: '1' }, 'unknown'],
    ['no start time to be seen', named, { host: 'here', exists: true, start: undefined }, 'unknown'],
    [
      'nobody, without start times',
      { pid: 7, host: 'here' },
      { host: 'here', exists: false, start: undefined },
      'dead',
    ],
  ] as const)('%s', (_case, who, seen, life) => {
    expect(judgeLife(who, seen)).toBe(life)
  })

  it('reads the start of a process with an awkward name', () => {
    const rest = Array.from({ length: 30 }, (_, index) => String(index + 3)).join(' ')
    expect(linuxSight(`12 (a) b (c)) ${rest}`)).toEqual({ exists: true, start: '22' })
    expect(linuxSight('12 (a) Z 1 2').exists).toBe(false)
  })

  it("knows this process, and one that took a dead one's number", async () => {
    const own = await ownIdentity()
    expect(await lifeOf(own)).toBe(process.platform === 'win32' ? 'unknown' : 'alive')
    if (process.platform !== 'win32') expect(await lifeOf({ ...own, start: 'before' })).toBe('dead')
  })
})
