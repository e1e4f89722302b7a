import type { NotKept, ReceivedLarge } from './large/large-receiver.js'
import type { PendingAnswers } from './pending-answers.js'

/** What became of a message of an event stream; a reason where it could not be passed on. */
export type Delivery = 'delivered' | 'no message' | NotKept

/** Hands a message of an event stream to the host, and removes it from disk, if it is there. */
export async function deliverMessage(answers: PendingAnswers, message: string | ReceivedLarge): Promise<Delivery> {
  if (typeof message === 'string') return (await answers.deliver(message)) ? 'delivered' : 'no message'
  if (message.kind !== 'answer') return message.kind === 'no JSON' ? 'no message' : message
  const { answer } = message
  try {
    const { verdict } = answer
    switch (verdict.kind) {
      case 'pass on':
        await answers.deliverLarge(answer)
        return 'delivered'
      case 'look into':
        return (await answers.deliver(await answer.text())) ? 'delivered' : 'no message'
      case 'no message':
        return 'no message'
      case 'not kept':
        return verdict
    }
  } finally {
    await answer.close()
  }
}
