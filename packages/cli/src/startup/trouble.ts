import { describeFailure } from '../bridge/describe-failure.js'
import { describeRefusal } from '../bridge/describe-refusal.js'

/** Why a server is not there, for humans and programs. */
export interface Trouble {
  /** "connection refused (ECONNREFUSED)", "503 Service Unavailable" */
  readonly words: string
  /** What the server did: "can't be reached: connection refused (ECONNREFUSED)" */
  readonly sentence: string
  /** What a user can do about it, where that is more than to try again. */
  readonly advice: string
  readonly details: { readonly status?: number; readonly cause?: string }
  /** How long the server asked to be left alone, in milliseconds. */
  readonly retryAfterMs: number | undefined
}

/** The time was over before there was an answer of any kind. */
export const lateTrouble: Trouble = {
  words: 'no answer yet',
  sentence: 'has not answered initialize',
  advice: '',
  details: {},
  retryAfterMs: undefined,
}

export function failureTrouble(error: unknown): Trouble {
  const { words, code } = describeFailure(error)
  return {
    words,
    sentence: `can't be reached: ${words}`,
    advice: 'Check the address, and that the server is running.',
    details: code === undefined ? {} : { cause: code },
    retryAfterMs: undefined,
  }
}

/** @param body its beginning */
export function refusalTrouble(
  response: Response,
  body: string,
  secrets: readonly (string | undefined)[],
  retryAfterMs: number | undefined,
): Trouble {
  const { status, answer, quote, advice } = describeRefusal(response, body, secrets)
  const asked = retryAfterMs === undefined ? '' : `, and asks to come back in ${Math.ceil(retryAfterMs / 1000)} s`
  return {
    words: `it answered ${answer}`,
    sentence: `answers ${answer}${quote === '' ? '' : `: ${quote}`}${asked}`,
    advice: status === 404 ? advice : '',
    details: { status },
    retryAfterMs,
  }
}
