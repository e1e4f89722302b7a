import type { History } from '../judge/history.js'

/** How often each class of thing happened. */
export type Classes = Readonly<Record<string, number>>

/** So often for each kill, at the least, or the run was too quiet to prove anything. */
const leastPerKill: Classes = {
  'calls answered': 5,
  'slow calls answered': 0.5,
  'questions answered': 0.5,
  'outcomes unknown': 0.2,
  'connections broken': 0.2,
  'streams resumed': 1,
  'calls resumed': 0.3,
  'announcements heard': 2,
  'sessions opened': 0.1,
  'sessions deleted': 0.05,
  'of them, while calls ran': 0.02,
  'sessions restored': 2,
  'states told': 1,
}

/** Of a run with one server at least, and of one with several. */
export function classesOf(histories: readonly History[]): Classes {
  const operations = histories.flatMap((history) => history.operations)
  const wire = histories.flatMap((history) => history.wire)
  const sessions = histories.flatMap((history) => history.sessions)
  const evidence = histories.flatMap((history) => history.evidence)
  const answered = operations.filter(({ outcome }) => outcome?.kind === 'ok')
  const deleted = sessions.filter(({ deletedAt }) => deletedAt !== undefined)
  const resumed = wire.filter(({ method, status }) => method === 'GET' && status === 200)
  return {
    kills: histories.reduce((sum, { kills }) => sum + kills.length, 0),
    'calls answered': answered.length,
    'slow calls answered': answered.filter(({ operation }) => operation === 'work').length,
    'questions answered': answered.filter(({ operation }) => operation === 'ask').length,
    'outcomes unknown': operations.filter(({ outcome }) => outcome?.kind === 'outcome-unknown').length,
    'connections broken': operations.filter(({ outcome }) => outcome?.kind === 'broken').length,
    'not sent, tried again': operations.reduce((sum, { notSent }) => sum + notSent, 0),
    'streams resumed': resumed.filter(({ what }) => what === 'standalone stream').length,
    'calls resumed': resumed.filter(({ what }) => what === 'call stream').length,
    'connections cut': histories.reduce((sum, { cuts }) => sum + cuts.length, 0),
    'announcements heard': sessions.reduce((sum, { received }) => sum + received.length, 0),
    'sessions opened': sessions.filter(({ isOpen }) => isOpen).length,
    'sessions told of, not opened': sessions.filter(({ isTold, isOpen }) => isTold && !isOpen).length,
    'sessions deleted': deleted.length,
    'of them, while calls ran': deleted.filter(({ isBusyAtEnd }) => isBusyAtEnd).length,
    'sessions restored': evidence.filter(({ what }) => what === 'restored').length,
    'states told': answered.filter(({ operation }) => operation === 'state').length,
  }
}

/** @returns a sentence for each class of which there was too little */
export function tooRare(classes: Classes): readonly string[] {
  const { kills = 0 } = classes
  return Object.entries(leastPerKill).flatMap(([name, perKill]) => {
    const least = Math.floor(perKill * kills)
    const count = classes[name] ?? 0
    return count < least ? [`too few ${name}: ${count}, and ${least} are the least for ${kills} kills`] : []
  })
}
