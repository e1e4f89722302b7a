import { all, calls, resumes } from '../fault-server/match.js'
import type { Stage } from '../runner/stage.js'
import { makeGate } from './gate.js'
import type { Scenario } from './scenario.js'
import { heldCall, learnHints, priming, streamed } from './stream-parts.js'
import { expectCount, expectInitializes } from './wire-facts.js'

function expectNoForeignEventIds(stage: Stage): void {
  const inNewSession = all(resumes(), ({ sessionLabel }) => sessionLabel !== 'S1' && sessionLabel !== 'S1 (dead)')
  expectCount(stage, 'event ids of the old session sent in the new one', inNewSession, 0)
}

/** Its session dies while the stream is cut, so that the resumption finds out. */
function foundOutByResuming(tool: 'read_value' | 'append_value'): Scenario {
  const isSafe = tool === 'read_value'
  return {
    name: `stream-resumption-404-${isSafe ? 'safe' : 'unsafe'}`,
    title: `The resumption of a stream finds the session lost: the session is renewed, and ${isSafe ? 'a tool hinted safe is called again' : 'the caller of a tool without a hint is told to verify'}`,
    promise: 'P3',
    async play(stage) {
      const player = await stage.connect()
      await learnHints(stage, player)
      stage.server.script(resumes(), () => {
        stage.server.restart()
        return 'default'
      })
      stage.server.script(
        calls(tool, 'a'),
        streamed(() => [priming('c0', 20)]),
      )
      const call = stage.call(player, tool, { key: 'a' })
      if (isSafe) await stage.expectAnswer(call)
      else await stage.expectOutcomeUnknown(call)
      stage.expectExecutions(tool, 'a', isSafe ? 2 : 1)
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      stage.expectExecutions('append_value', 'b', 1)
      expectNoForeignEventIds(stage)
      expectInitializes(stage, 2)
    },
  }
}

/** Another call has the session renewed while this one's stream is open; then the old process lets go of it. */
function outlived(tool: 'read_value' | 'append_value'): Scenario {
  const isSafe = tool === 'read_value'
  return {
    name: `stream-of-a-dead-session-${isSafe ? 'safe' : 'unsafe'}`,
    title: `A stream outlives its session and ends without the answer: it is not resumed in the new session; ${isSafe ? 'a tool hinted safe is called again' : 'the caller of a tool without a hint is told to verify'}`,
    promise: 'P3',
    async play(stage) {
      const player = await stage.connect()
      await learnHints(stage, player)
      const gate = makeGate()
      const slow = await heldCall(stage, player, tool, { key: 'slow', first: priming('c0', 20), gate: gate.opened })
      stage.server.restart()
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'other' }))
      gate.open()
      if (isSafe) await stage.expectAnswer(slow)
      else await stage.expectOutcomeUnknown(slow)
      stage.expectExecutions(tool, 'slow', isSafe ? 2 : 1)
      stage.expectExecutions('append_value', 'other', 1)
      expectNoForeignEventIds(stage)
      expectInitializes(stage, 2)
    },
  }
}

export const streamsOfDeadSessions: readonly Scenario[] = [
  foundOutByResuming('read_value'),
  foundOutByResuming('append_value'),
  outlived('read_value'),
  outlived('append_value'),
]
