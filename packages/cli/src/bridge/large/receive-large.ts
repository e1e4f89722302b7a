import { LargeReceiver, type ReceivedLarge, type ReceiveOptions } from './large-receiver.js'

/**
 * Puts a body on disk as it comes, no faster than the disk takes it. Rejects with the body's error when it breaks off,
 * and when it ends before the JSON does.
 */
export async function receiveLarge(body: ReadableStream<Uint8Array>, options: ReceiveOptions): Promise<ReceivedLarge> {
  const reader = body.getReader()
  const receiver = new LargeReceiver(options, true)
  let isWhole = false
  try {
    while (!isWhole && !receiver.isDecided) {
      const { done, value } = await reader.read()
      isWhole = done
      if (value) await receiver.push(value)
    }
    const received = await receiver.end()
    if (received === 'cut off') throw new Error('it ended before it was whole')
    return received
  } catch (error) {
    await receiver.giveUp()
    throw error
  } finally {
    // Whoever asked has waited long enough.
    if (!isWhole) void reader.cancel().catch(() => undefined)
  }
}
