import type { Rule } from '../case-file.js'
import type { OperationRecord } from '../history.js'

/**
 * What a client said is remembered: the server's state is what was confirmed last, or something that was asked for since
 * and broke off. Of one session, nothing overlaps with a change.
 */
export const memory: Rule = function* ({ sessions, operationsOf }) {
  for (const { name } of sessions) {
    const levels = new Candidates<string | null>(null)
    const subscriptions = new Map<string, Candidates<boolean>>()
    for (const operation of operationsOf(name)) {
      const { argument = '' } = operation
      switch (operation.operation) {
        case 'level':
          levels.add(argument, operation)
          break
        case 'subscribe':
        case 'unsubscribe': {
          const candidates = subscriptions.get(argument) ?? new Candidates(false)
          subscriptions.set(argument, candidates)
          candidates.add(operation.operation === 'subscribe', operation)
          break
        }
        case 'state': {
          const state = stateOf(operation)
          if (state === undefined) break
          if (!levels.has(state.level)) {
            yield `${operation.key}: the log level was ${String(state.level)}, and not ${levels.text()}`
          }
          for (const [uri, candidates] of subscriptions) {
            if (!candidates.has(state.subscriptions.includes(uri))) {
              yield `${operation.key}: subscribed to ${uri} was ${state.subscriptions.includes(uri)}, and not ${candidates.text()}`
            }
          }
          break
        }
        case 'bump':
        case 'work':
        case 'ask':
        case 'announce':
          break
      }
    }
  }
}

/** What a value may be by now. */
class Candidates<Value> {
  #values: Set<Value>

  constructor(first: Value) {
    this.#values = new Set([first])
  }

  add(value: Value, { outcome }: OperationRecord): void {
    if (outcome?.kind === 'ok') this.#values = new Set([value])
    else this.#values.add(value)
  }

  has(value: Value): boolean {
    return this.#values.has(value)
  }

  text(): string {
    return [...this.#values].map(String).join(' or ')
  }
}

interface State {
  readonly level: string | null
  readonly subscriptions: readonly string[]
}

/** A state is told after the proof of its execution. */
function stateOf({ outcome }: OperationRecord): State | undefined {
  if (outcome?.kind !== 'ok') return undefined
  return JSON.parse(outcome.text.slice(outcome.text.indexOf(' ') + 1)) as State
}
