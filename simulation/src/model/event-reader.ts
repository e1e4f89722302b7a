/** An event of a stream, as far as a client cares. */
export interface ReceivedEvent {
  readonly id: string | undefined
  readonly data: string
}

/** Takes the text of an event stream apart, as far as the servers of a simulation use it. */
export function eventsFrom(): (text: string) => ReceivedEvent[] {
  let rest = ''
  return (text) => {
    const blocks = (rest + text).split('\n\n')
    rest = blocks.pop() ?? ''
    return blocks.map((block) => {
      let id: string | undefined
      let type = ''
      const data: string[] = []
      for (const line of block.split('\n')) {
        if (line.startsWith('id:')) id = line.slice(3).trimStart()
        else if (line.startsWith('event:')) type = line.slice(6).trimStart()
        else if (line.startsWith('data:')) data.push(line.slice(5).trimStart())
      }
      // As the SDKs: an empty id is none, and events of a type of their own say nothing.
      const isMessage = type === '' || type === 'message'
      return { id: id === '' ? undefined : id, data: isMessage ? data.join('\n') : '' }
    })
  }
}
