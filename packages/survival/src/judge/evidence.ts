import type { Outcome } from '../faces/outcome.js'
import type { Trouble } from '../faces/face.js'
import type { Exchange } from '../fault-server/exchange.js'
import type { Message } from '../wire/json-rpc.js'

/** What an error must be like. One with a `data.code` is of our own making, and must tell what was tried. */
export interface ErrorMarks {
  readonly code?: number
  /** `data.code` */
  readonly dataCode?: string
  /** `data.step` */
  readonly step?: string
  /** Of its message and its data. */
  readonly says?: RegExp
}

/** What a call must come to. */
export type Expectation =
  /** The right answer: `value`, compared as JSON. */
  | { readonly kind: 'answer'; readonly value?: unknown }
  /** An error with these marks. */
  | ({ readonly kind: 'error' } & ErrorMarks)
  /** The right answer, or an error with these marks: a race that either side may win. */
  | ({ readonly kind: 'answer-or-error'; readonly value?: unknown } & ErrorMarks)
  /** Given up by the caller: an error, whichever. */
  | { readonly kind: 'given-up' }

export interface CallEvidence {
  readonly label: string
  /** `undefined` if the scenario ended before the call did. */
  readonly outcome: Outcome | undefined
  readonly expectation: Expectation
}

export interface ExecutionEvidence {
  readonly tool: string
  readonly key: string
  readonly count: number
  readonly least: number
  readonly most: number
}

export interface WireExpectation {
  readonly description: string
  /** A pure function of the log. */
  readonly holds: (wire: readonly Exchange[]) => boolean
}

/** What a client must have been told, or must not. */
export interface HearingExpectation {
  readonly description: string
  /** What it was told so far, oldest first. */
  readonly heard: readonly Message[]
  /** A pure function of it. */
  readonly holds: (heard: readonly Message[]) => boolean
}

/** Everything a scenario leaves behind: what was seen, and what should have been. */
export interface Evidence {
  readonly calls: readonly CallEvidence[]
  readonly executions: readonly ExecutionEvidence[]
  readonly wire: readonly Exchange[]
  readonly wireExpectations: readonly WireExpectation[]
  readonly hearingExpectations: readonly HearingExpectation[]
  readonly troubles: readonly Trouble[]
  /** Whether the scenario's deadline came before its end. */
  readonly overrun: boolean
  /** Texts that no error may contain: session ids and tokens. */
  readonly secrets: readonly string[]
}
