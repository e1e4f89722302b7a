import { signInAdvice } from './describe-refusal.js'
import { isObject, type JsonObject, parseJson } from './message.js'

/** Errors of the engine are shorter than this. */
const maxErrorLength = 16 * 1024

/**
 * The engine's error for a session that could not be renewed says that the server wanted a sign-in, but not where the
 * bridge has its token from. Any other answer comes back as it is.
 */
export function withTokenAdvice(text: string): string {
  if (text.length > maxErrorLength || !text.includes('recovery_failed')) return text
  const value = parseJson(text)
  const members = Array.isArray(value) ? (value as unknown[]) : [value]
  const advised = members.map((member) => (isChallenged(member) ? advise(member) : member))
  if (advised.every((member, index) => member === members[index])) return text
  return JSON.stringify(Array.isArray(value) ? advised : advised[0])
}

interface ChallengedAnswer extends JsonObject {
  readonly error: { readonly message: string }
}

function isChallenged(member: unknown): member is ChallengedAnswer {
  if (!isObject(member) || !isObject(member.error) || typeof member.error.message !== 'string') return false
  const { data } = member.error
  if (!isObject(data) || data.code !== 'recovery_failed' || typeof data.cause !== 'string') return false
  return /\bHTTP 40[13]\b/.test(data.cause)
}

function advise(answer: ChallengedAnswer): JsonObject {
  return { ...answer, error: { ...answer.error, message: `${answer.error.message} ${signInAdvice}` } }
}
