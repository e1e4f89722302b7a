import type { EvidenceFile } from './evidence-file.js'

/** ms that a tool waits for an answer. A raw client does not say again what got lost on its way. */
export const questionLimit = 8_000

/** A question says who asks. */
export function questionOf({ key, proof }: { readonly key: string; readonly proof: string }): string {
  return JSON.stringify({ key, proof })
}

/** The reverse. */
export function readQuestion(question: string): { readonly key: string; readonly proof: string } {
  return JSON.parse(question) as { key: string; proof: string }
}

/** What both SDKs ask a client for. */
export function asked(question: string) {
  return {
    message: question,
    requestedSchema: {
      type: 'object' as const,
      properties: { answer: { type: 'string' as const } },
      required: ['answer'],
    },
  }
}

/** @returns what the client said; undefined where it did not in time */
export async function answerOf(asking: Promise<{ content?: Record<string, unknown> | undefined }>) {
  try {
    return String((await asking).content?.answer)
  } catch (error) {
    if (error instanceof Error && /timed out/i.test(error.message)) return undefined
    throw error
  }
}

/** Writes down what an SDK complains of when an answer comes that it waits for no longer. */
export function noteSurplus(evidence: EvidenceFile) {
  return ({ message }: Error) => {
    if (!/unknown message id/i.test(message)) return
    const answer = /"answer":"([^"]*)"/.exec(message)?.[1]
    if (answer !== undefined) evidence.write('surplus answer', { answer })
  }
}
