import type { AnswerSource } from '../fault-server/answer.js'
import type { FaultServerOptions } from '../fault-server/options.js'
import type { Scenario } from './scenario.js'
import { expectInitializes } from './wire-facts.js'

/** What differs between the scenarios that lose a session once and call a tool that must run once. */
export interface Loss {
  readonly name: string
  readonly title: string
  readonly answer: AnswerSource
  readonly server?: FaultServerOptions
}

/** A session is lost; the refusal looks like `answer`; the next call must be answered as if nothing had been. */
export function lossScenario({ name, title, answer, server }: Loss): Scenario {
  return {
    name,
    title,
    promise: 'P2',
    ...(server ? { server } : {}),
    async play(stage) {
      const player = await stage.connect()
      await stage.expectAnswer(stage.call(player, 'read_value'))
      stage.server.restart({ lossAnswer: answer })
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      stage.expectExecutions('append_value', 'a', 1)
      stage.expectExecutions('append_value', 'b', 1)
      expectInitializes(stage, 2)
    },
  }
}
