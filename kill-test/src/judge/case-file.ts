import type { Evidence, History, OperationRecord } from './history.js'

/** A history, and what several rules look up in it. */
export interface CaseFile extends History {
  readonly executionsOf: (key: string) => readonly Evidence[]
  /** Those of a session, in the order in which they began. */
  readonly operationsOf: (session: string) => readonly OperationRecord[]
  /** Whether this process was killed at that time or before. */
  readonly wasKilled: (instance: string, at: number) => boolean
  /** Whether any process was killed between two times. A cut by the proxy explains nothing: it comes after a first event. */
  readonly hadKill: (from: number, to: number) => boolean
}

/** A rule of the judge: what in a history must not be, in sentences. */
export type Rule = (history: CaseFile) => Iterable<string>

export function caseFileOf(history: History): CaseFile {
  const executions = groupedBy(
    history.evidence.filter(({ what }) => what === 'executed'),
    ({ key }) => key ?? '',
  )
  const operations = groupedBy(history.operations, ({ session }) => session)
  const killedAt = new Map(history.kills.map(({ instance, at }) => [instance, at]))
  return {
    ...history,
    executionsOf: (key) => executions.get(key) ?? [],
    operationsOf: (session) => operations.get(session) ?? [],
    wasKilled: (instance, at) => (killedAt.get(instance) ?? Infinity) <= at,
    hadKill: (from, to) => history.kills.some(({ at }) => from <= at && at <= to),
  }
}

function groupedBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return groups
}
