import { badRequest } from './rules/bad-request.js'
import { gone } from './rules/gone.js'
import { insideOk } from './rules/inside-ok.js'
import { ordinaryAnswers } from './rules/ordinary-answers.js'
import type { LossRule } from './rules/rule.js'
import { serverErrors } from './rules/server-errors.js'
import { unauthorized } from './rules/unauthorized.js'

/**
 * The classifier's table, in the order in which its rows are tried: what is no loss first, then the surest signs.
 *
 * What comes before the table is its caller's: an answer to `initialize` or DELETE is not classified; a refusal of a
 * request that was sent under an earlier session id than the current one is answered by sending the request again, and
 * starts nothing; and after one renewal for a request, a second loss of it is a failure.
 */
export const lossRules: readonly LossRule[] = [
  ...ordinaryAnswers,
  ...unauthorized,
  ...gone,
  ...badRequest,
  ...insideOk,
  ...serverErrors,
]
