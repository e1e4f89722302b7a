import { expect } from 'vitest'
import { outcomeUnknown, whatIsWrong } from './honesty.js'
import type { Play } from './play.js'

/** What has to be true of all calls and requests of a client, whenever something was killed. */
export function judge(play: Play, ran: readonly string[]): void {
  const { isModern, isResumed, calls, kind } = play
  const { seen } = play.server.balancer
  const wrong = calls.flatMap((call) => {
    const { line } = call
    const runs = ran.filter((one) => one === line).length
    const evidence = { outcome: call.outcome(), post: play.post(line), runs, isResumed }
    const problem = whatIsWrong(evidence)
    return problem === undefined ? [] : [{ line, problem, ...evidence }]
  })
  expect(wrong).toEqual([])

  const onSession = seen.filter(({ sessionId }) => sessionId !== undefined)
  expect(new Set(onSession.map(({ sessionId }) => sessionId)).size).toBe(isModern ? 0 : 1)
  const refused = (isModern ? seen : onSession).filter(({ status }) => status !== undefined && status >= 400)
  // SDK v1 comes back after an answer that is an error, and is told, once, that there is no more.
  const over = refused.filter(({ method, status, lastEventId }) => {
    return kind.name === 'SDK v1' && method === 'GET' && status === 405 && lastEventId !== undefined
  })
  expect(refused).toEqual(over)
  expect(new Set(over.map(({ lastEventId }) => lastEventId)).size).toBe(over.length)
}

/** What a client of this kind learns of a call whose process was killed. */
export function judgeLostCall(play: Play, line: string): void {
  const outcome = play.calls.find((call) => call.line === line)?.outcome()
  const resumptions = play.resumptions(line)
  if (play.isResumed) {
    expect(outcome).toMatchObject({ code: outcomeUnknown })
    // Where the client was, and the answer.
    expect(resumptions.at(-1)?.eventIds).toHaveLength(2)
    return
  }
  expect(resumptions).toEqual([])
  // In the modern era the answer begins when it is there: the broken connection is the error. Before, the client that
  // never comes back waits for as long as its caller lets it.
  if (play.isModern) expect(outcome).toHaveProperty('error')
  else expect(outcome).toBeUndefined()
}
