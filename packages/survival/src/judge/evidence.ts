import type { Outcome } from '../faces/outcome.js'
import type { Trouble } from '../faces/face.js'
import type { Exchange } from '../fault-server/exchange.js'

/** What a call must come to. */
export type Expectation =
  /** The right answer: `value`, compared as JSON. */
  | { readonly kind: 'answer'; readonly value?: unknown }
  /** An error with these marks. A contract error is one of a failed recovery. */
  | {
      readonly kind: 'error'
      readonly code?: number
      /** `data.code` */
      readonly dataCode?: string
      /** `data.step` */
      readonly step?: string
      readonly says?: RegExp
    }
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

/** Everything a scenario leaves behind: what was seen, and what should have been. */
export interface Evidence {
  readonly calls: readonly CallEvidence[]
  readonly executions: readonly ExecutionEvidence[]
  readonly wire: readonly Exchange[]
  readonly wireExpectations: readonly WireExpectation[]
  readonly troubles: readonly Trouble[]
  /** Whether the scenario's deadline came before its end. */
  readonly overrun: boolean
  /** Texts that no error may contain: session ids and tokens. */
  readonly secrets: readonly string[]
}
