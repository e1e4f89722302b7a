import { expect } from 'vitest'
import type { Call } from './outcome.js'
import type { Play } from './play.js'

/** The replica that runs a call is killed. Others run beside it, come with it, and come while it is away. */
export async function killDuringPlainCalls(play: Play): Promise<void> {
  const { server } = play
  const [victim = '', other = ''] = server.names()
  await play.begin('hold', 'cut', victim)
  const beside = await play.begin('hold', 'beside', other)
  const burst = Array.from({ length: 8 }, (_, n) => play.call('add', `burst ${n}`))
  // The others are anywhere then: on their way, at work, or answered.
  const hasEnded = (call: Call) => call.outcome() !== undefined
  await play.until('calls are answered', () =>
    play.kind.endsWithARequest === true ? burst.every(hasEnded) : burst.some(hasEnded),
  )
  await server.kill(victim)
  const { refusals } = server.balancer
  expect(await play.add(4, 'while it is away')).toEqual(Array(4).fill({ text: other }))
  expect(server.balancer.refusals).toBeGreaterThan(refusals)
  server.release('beside')
  expect(await beside.ended).toEqual({ text: other })
  const next = await server.replace(victim)
  const texts = await play.add(4, 'after it came back')
  expect(texts).toContainEqual({ text: next })
  expect(texts).toContainEqual({ text: other })
}

/** The replica that asks the client is killed, and the client answers whoever is there. */
export async function killDuringAQuestion(play: Play): Promise<void> {
  const { server } = play
  const [victim = ''] = server.names()
  let allow: () => void = () => undefined
  play.mayAnswer = new Promise((resolve) => (allow = resolve))
  await play.begin('ask', 'question', victim)
  await play.until('the client is asked', () => play.questions === 1)
  await server.kill(victim)
  allow()
  const reply = () => server.balancer.seen.find(({ isReply }) => isReply)
  await play.until('the answer is accepted', () => reply()?.status === 202)
  expect(await play.call('ask', 'question again').ended).toEqual({ text: 'accept' })
  await server.replace(victim)
}

/**
 * The connection of a call breaks, and the client comes back to it at another replica. First that one is killed, and the
 * call goes on; then the one that runs a call is.
 */
export async function killDuringResumedCalls(play: Play): Promise<void> {
  const { server } = play
  const [runner = '', other = ''] = server.names()
  const kept = await play.begin('hold', 'kept', runner)
  await moveTo(play, 'kept', other)
  await server.kill(other)
  if (play.isResumed) await play.until('the client is back again', () => isBackAt(play, 'kept', runner))
  server.release('kept')
  if (play.isResumed) expect(await kept.ended).toEqual({ text: runner })
  const next = await server.replace(other)
  await play.begin('hold', 'lost', runner)
  await moveTo(play, 'lost', next)
  await server.kill(runner)
  await server.replace(runner)
}

/** Breaks the connection of a call, and waits until the client is back at that replica, if it ever comes. */
async function moveTo(play: Play, line: string, replica: string): Promise<void> {
  const { balancer } = play.server
  balancer.preferred = replica
  balancer.cut(play.post(line))
  await play.until('the connection is cut', () => play.post(line).ending === 'broken')
  if (play.isResumed) await play.until('the client is back', () => isBackAt(play, line, replica))
  balancer.preferred = undefined
}

function isBackAt(play: Play, line: string, replica: string): boolean {
  return play
    .resumptions(line)
    .some((one) => one.replica === replica && one.ending === 'open' && one.eventIds.length > 0)
}
