import type { Evidence, History, OperationRecord, QuestionRecord, WireRecord } from './history.js'

/** A history, and what several rules look up in it. */
export interface CaseFile extends History {
  /** What servers wrote down of an operation. */
  readonly evidenceOf: (key: string) => readonly Evidence[]
  readonly executionsOf: (key: string) => readonly Evidence[]
  /** Those of a session, in the order in which they began. */
  readonly operationsOf: (session: string) => readonly OperationRecord[]
  /** What a call's client was asked. */
  readonly questionsOf: (key: string) => readonly QuestionRecord[]
  /** When the first answer to a call's question was confirmed; Infinity: never. */
  readonly confirmedAt: (key: string) => number
  /** Whether its client had asked for this session's end by then. */
  readonly isEnding: (session: string, at: number) => boolean
  /** Whether this process was killed at that time or before. */
  readonly wasKilled: (instance: string, at: number) => boolean
  /** Whether any process was killed between two times. A cut by the proxy explains nothing: it comes after a first event. */
  readonly hadKill: (from: number, to: number) => boolean
}

/** A rule of the judge: what in a history must not be, in sentences. */
export type Rule = (history: CaseFile) => Iterable<string>

export function caseFileOf(history: History): CaseFile {
  const evidence = groupedBy(history.evidence, ({ key }) => key ?? '')
  const operations = groupedBy(history.operations, ({ session }) => session)
  const questions = groupedBy(history.questions, ({ key }) => key)
  const confirmed = groupedBy(
    history.wire.filter(({ what, status }) => what === 'answer' && status === 202),
    ({ key }) => key ?? '',
  )
  const endingAt = new Map(history.sessions.map(({ name, endingAt: at }) => [name, at]))
  const killedAt = new Map(history.kills.map(({ instance, at }) => [instance, at]))
  return {
    ...history,
    evidenceOf: (key) => evidence.get(key) ?? [],
    executionsOf: (key) => (evidence.get(key) ?? []).filter(({ what }) => what === 'executed'),
    operationsOf: (session) => operations.get(session) ?? [],
    questionsOf: (key) => questions.get(key) ?? [],
    confirmedAt: (key) => Math.min(...(confirmed.get(key) ?? []).map(({ answeredAt = Infinity }) => answeredAt)),
    isEnding: (session, at) => (endingAt.get(session) ?? Infinity) <= at,
    wasKilled: (instance, at) => (killedAt.get(instance) ?? Infinity) <= at,
    hadKill: (from, to) => history.kills.some(({ at }) => from <= at && at <= to),
  }
}

/** Whether a request is one that a server has to answer or whose stream it has to end. A refusal may be left unread. */
export function isAwaited({ method, status }: WireRecord): boolean {
  return method !== 'DELETE' && (status === undefined || status === 200)
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
