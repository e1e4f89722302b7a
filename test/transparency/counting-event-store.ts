/** An event of a stream that can be resumed; the message is passed on as it came. */
interface StoredEvent<Message> {
  readonly id: string
  readonly streamId: string
  readonly message: Message
}

/** What both SDKs take as an event store, with ids that are the same in every run: event-1, event-2 … */
export class CountingEventStore<Message> {
  readonly #events: StoredEvent<Message>[] = []

  storeEvent(streamId: string, message: Message): Promise<string> {
    const id = `event-${String(this.#events.length + 1)}`
    this.#events.push({ id, streamId, message })
    return Promise.resolve(id)
  }

  getStreamIdForEventId(eventId: string): Promise<string | undefined> {
    return Promise.resolve(this.#events.find(({ id }) => id === eventId)?.streamId)
  }

  async replayEventsAfter(
    lastEventId: string,
    { send }: { send: (eventId: string, message: Message) => Promise<void> },
  ): Promise<string> {
    const position = this.#events.findIndex(({ id }) => id === lastEventId)
    const streamId = this.#events[position]?.streamId
    if (streamId === undefined) throw new Error('Unknown event id')
    for (const event of this.#events.slice(position + 1)) {
      // A priming event is stored as an empty message, and is nothing to say again.
      const isPriming = Object.keys(event.message as object).length === 0
      if (event.streamId === streamId && !isPriming) await send(event.id, event.message)
    }
    return streamId
  }
}
