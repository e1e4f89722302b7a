/** One event of a `text/event-stream`. */
export interface SseEvent {
  readonly data: string
  readonly event?: string
  readonly id?: string
}

/** Encodes one event. Each line of the data becomes a `data:` line. */
export function encodeSse({ data, event, id }: SseEvent): string {
  const head = `${event === undefined ? '' : `event: ${event}\n`}${id === undefined ? '' : `id: ${id}\n`}`
  return `${head}${data
    .split('\n')
    .map((line) => `data: ${line}\n`)
    .join('')}\n`
}

/** A `message` event that carries `message` as JSON. */
export function sseMessage(message: unknown, id?: string): string {
  return encodeSse({ event: 'message', data: JSON.stringify(message), ...(id === undefined ? {} : { id }) })
}

const MAX_PENDING = 4 * 1024 * 1024

/** A small SSE reader: feed it text, it calls back with each event that has data. */
export function sseReader(onEvent: (event: SseEvent) => void): (text: string) => void {
  let pending = ''
  return (text) => {
    pending += text
    if (pending.length > MAX_PENDING) throw new RangeError('An SSE event is longer than 4 MiB')
    for (;;) {
      const end = /\r?\n\r?\n/.exec(pending)
      if (!end) return
      const event = parseEvent(pending.slice(0, end.index))
      pending = pending.slice(end.index + end[0].length)
      if (event) onEvent(event)
    }
  }
}

function parseEvent(block: string): SseEvent | undefined {
  const data: string[] = []
  const fields: { event?: string; id?: string } = {}
  for (const line of block.split(/\r?\n/)) {
    const colon = line.indexOf(':')
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === 'data') data.push(value)
    else if (name === 'event' || name === 'id') fields[name] = value
  }
  return data.length === 0 ? undefined : { data: data.join('\n'), ...fields }
}
