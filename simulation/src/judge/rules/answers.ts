import type { Outcome, RequestRecord } from '../../model/history.js'
import type { CaseFile, Rule } from '../case-file.js'

/** Every request has one outcome, and one that it may have. */
export const answers: Rule = function* (file) {
  for (const request of file.requests) {
    const { key, kind, outcome } = request
    if (!outcome) yield `${key} (${kind}) never got an answer`
    else if (!mayEndSo(file, request, outcome)) yield `${key} (${kind}) ended with ${JSON.stringify(outcome)}`
  }
  for (const { index, mistakes } of file.clients) {
    for (const what of mistakes) yield `client ${String(index)}: ${what}`
  }
  if (file.requests.some(file.isUnrecognisable)) return
  for (const what of file.final.unanswered) yield `when all was well again, the last ping was not answered: ${what}`
}

function mayEndSo(file: CaseFile, request: RequestRecord, outcome: Outcome): boolean {
  const tries = file.triesOf(request)
  const last = tries.at(-1)
  switch (outcome.kind) {
    case 'result':
    case 'error':
    case 'cancelled':
      return true
    case 'aborted':
      return request.endedAt !== undefined
    case 'accepted':
      // A request that was taken back has no other answer.
      return !request.isRequest
    case 'http':
      if (!request.isRequest) return true
      // A 401 is the client's own affair, whatever else it may mean; it may also be the answer to our `initialize`.
      if (outcome.status === 401) return request.challenges > 1
      return last?.status === outcome.status && last.ending === 'answered'
    case 'threw':
      // The head of the answer was the client's already, or nobody waits for the answer.
      return !request.isRequest || (last?.ending === 'cut' && last.status === 200) || file.isUnrecognisable(request)
    case 'timeout':
      return tries.some(({ fault, ending }) => fault === 'silent' || (ending === 'cut' && !file.features.callStreams))
  }
}
