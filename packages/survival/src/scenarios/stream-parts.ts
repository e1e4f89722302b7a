import type { Answer, SseStep } from '../fault-server/answer.js'
import type { Exchange } from '../fault-server/exchange.js'
import { resumes } from '../fault-server/match.js'
import type { Match } from '../fault-server/match.js'
import { toolResult } from '../fault-server/tools.js'
import type { Call } from '../runner/call.js'
import type { Player, Stage } from '../runner/stage.js'
import { at, textAt } from '../wire/json.js'
import { notification, requestId, result } from '../wire/json-rpc.js'
import type { Message } from '../wire/json-rpc.js'

/** How a stream stops before its answer. */
export const stops = {
  ends: { what: 'ends', steps: [] },
  reset: { what: 'is reset', steps: [{ reset: true }] },
} as const satisfies Readonly<Record<string, { readonly what: string; readonly steps: readonly SseStep[] }>>

/** The right answer to the tool call of this exchange. */
export function answerTo({ messages }: Exchange, clientName = 'survivor'): Message {
  const params = at(messages[0], 'params')
  return result(requestId(messages), toolResult(textAt(params, 'name') ?? '', at(params, 'arguments'), clientName))
}

/** A log message of the server. */
export function news(data: string): Message {
  return notification('notifications/message', { level: 'info', data })
}

/** Of the log messages a client was shown: what they said. */
export function newsIn(heard: readonly Message[]): readonly unknown[] {
  return heard.filter(({ method }) => method === 'notifications/message').map(({ params }) => at(params, 'data'))
}

/** The event a server starts a resumable stream with: an id, and no message. */
export function priming(id: string, retryMs?: number): string {
  return `${retryMs === undefined ? '' : `retry: ${String(retryMs)}\n`}id: ${id}\ndata: \n\n`
}

/** Does what was asked, then streams. */
export function streamed(steps: (asked: Exchange) => readonly SseStep[]): Answer {
  return { execute: true, then: (asked) => ({ sse: steps(asked) }) }
}

/** One part of an answer that comes in parts. */
export type Part = (asked: Exchange) => readonly SseStep[]

/** The call is run once; its stream brings the first part, and each GET that resumes it brings the next. */
export function scriptParts(stage: Stage, call: Match, [first, ...others]: readonly [Part, ...Part[]]): void {
  let asked: Exchange | undefined
  stage.server.script(
    call,
    streamed((exchange) => {
      asked = exchange
      return first(exchange)
    }),
  )
  for (const part of others) {
    stage.server.script(resumes(), () => (asked ? { sse: part(asked) } : 'default'))
  }
}

/** Asks for the tools: their hints come with the list. */
export async function learnHints(stage: Stage, { client }: Player): Promise<void> {
  await stage.expectAnswer(stage.act('tools/list', client.listTools()))
}

/** A call whose stream is held open by `gate`, after its first event. Resolves when the server has it. */
export async function heldCall(
  stage: Stage,
  player: Player,
  tool: string,
  { key, first, gate }: { readonly key: string; readonly first: string; readonly gate: Promise<unknown> },
  signal?: AbortSignal,
): Promise<Call> {
  const its: Match = ({ messages }) => at(messages[0], 'params', 'arguments', 'key') === key
  stage.server.script(
    its,
    streamed(() => [first, { gate }]),
  )
  const call = stage.call(player, tool, { key, ...(signal ? { signal } : {}) })
  await stage.see((exchange) => its(exchange) && exchange.status !== undefined, [call])
  await player.client.flushed()
  return call
}
