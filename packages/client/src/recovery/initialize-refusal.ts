import { unavailabilityOf } from './outage.js'

/** An answer to our own `initialize` that brings no session and is no challenge, as plain data to decide by. */
export interface InitializeRefusal {
  readonly status: number
  /** The sentence for humans. */
  readonly text: string
}

/**
 * What it means:
 * - `one-session-only`: the server keeps one session and still has it, so that it has to be ended first;
 * - `away`: a clean `initialize` answered 404 means that the endpoint is away, not a session; or it says so itself;
 * - `refused`: the server does not want it.
 */
export type InitializeRefusalMeaning = 'one-session-only' | 'away' | 'refused'

interface Rule {
  readonly meaning: InitializeRefusalMeaning
  readonly matches: (refusal: InitializeRefusal) => boolean
}

/**
 * In this order. One session only: TypeScript SDK and Ruby ("Server already initialized"), Swift, PHP and Spring ("Session
 * already initialized"), one `McpServer` for everybody in the TypeScript SDK ("Already connected to a transport").
 */
const rules: readonly Rule[] = [
  {
    meaning: 'one-session-only',
    matches: ({ text }) => /\balready (?:been )?(?:initiali[sz]ed|connected to a transport)\b/i.test(text),
  },
  { meaning: 'away', matches: ({ status }) => status === 404 || unavailabilityOf(status) !== undefined },
]

/** Reads a refused `initialize`: the first rule that matches decides. */
export function meaningOfRefusal(refusal: InitializeRefusal): InitializeRefusalMeaning {
  return rules.find(({ matches }) => matches(refusal))?.meaning ?? 'refused'
}
