import type { ModelClient } from './client.js'
import type { RequestUnderWay } from './client-request.js'
import { eventsFrom, type ReceivedEvent } from './event-reader.js'

/** As the SDKs: so often a stream is asked for again, and so long is waited before. */
const maxResumptions = 2
const resumeAfterMs = 1_000
/** A sign-in is no failure of the stream, as long as it is of some use. */
const maxSignIns = 10

interface Received {
  readonly id?: unknown
  readonly method?: string
  readonly params?: Readonly<Record<string, unknown>>
}

/** Reads the event stream that answers a request, and resumes it when it ends too early. */
export async function readStream(underWay: RequestUnderWay, first: Response): Promise<void> {
  const { client, record } = underWay
  let lastEventId: string | undefined
  let response = first
  for (let resumptions = 0; ; resumptions++) {
    await readEvents(response, ({ id, data }) => {
      lastEventId = id ?? lastEventId
      if (data === '') return
      const message = JSON.parse(data) as Received
      if (message.method === undefined) underWay.receive(message)
      else receiveFromServer(client, message)
    }).catch((error: unknown) => {
      if (underWay.signal.aborted) throw error
    })
    if (underWay.isSettled || lastEventId === undefined || resumptions === maxResumptions) return
    await client.pause(resumeAfterMs, underWay.signal)
    if (isSettled(underWay)) return
    record.resumptions++
    client.record.resumptions++
    const ask = () =>
      client.send('GET', `resume-${record.key}`, undefined, underWay.signal, { 'last-event-id': lastEventId ?? '' })
    response = await ask()
    if (response.status === 401) {
      await response.text()
      await client.signIn(underWay.signal)
      response = await ask()
    }
    if (response.ok) continue
    await response.text()
    if (response.status === 405) return
  }
}

/** Asked again after a wait: it may have changed. */
function isSettled({ record }: RequestUnderWay): boolean {
  return record.outcome !== undefined
}

/** Asked again after a wait, like the one above. */
function isEnded({ isClosing }: ModelClient): boolean {
  return isClosing
}

/** Keeps a standalone stream, as far as the SDKs do. Returns when it is over for good. */
export async function listen(client: ModelClient): Promise<void> {
  const { record, transport } = client
  let lastEventId: string | undefined
  let failures = 0
  let signIns = 0
  while (failures <= maxResumptions && !client.isClosing) {
    let isOpen = false
    try {
      const extra = lastEventId === undefined ? {} : { 'last-event-id': lastEventId }
      const response = await client.send('GET', `listen-${String(client.index)}`, undefined, transport.signal, extra)
      if (response.status === 405) {
        await response.text()
        client.isTurnedAway = true
        return
      }
      if (response.status === 401 && signIns++ < maxSignIns) {
        await response.text()
        await client.signIn()
        continue
      }
      if (response.ok) {
        failures = 0
        isOpen = true
        await readEvents(response, ({ id, data }) => {
          lastEventId = id ?? lastEventId
          if (data !== '') receiveFromServer(client, JSON.parse(data) as Received)
        })
      } else {
        await response.text()
      }
    } catch {
      // Broken, refused or not wanted any more.
    }
    if (isEnded(client)) return
    if (isOpen) record.streamEnds++
    failures++
    await client.pause(resumeAfterMs, transport.signal).catch(() => undefined)
  }
}

async function readEvents(response: Response, onEvent: (event: ReceivedEvent) => void): Promise<void> {
  const read = eventsFrom()
  const decoder = new TextDecoder()
  const reader = response.body?.getReader()
  if (!reader) return
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    for (const event of read(decoder.decode(value, { stream: true }))) onEvent(event)
  }
}

/** A notification or a question of the server. */
function receiveFromServer(client: ModelClient, message: Received): void {
  const { id, method, params = {} } = message
  switch (method) {
    case 'notifications/message': {
      const { note } = params.data as { note: number }
      if (client.notes.has(note)) client.record.mistakes.push(`notification ${String(note)} came twice`)
      client.notes.add(note)
      client.record.notesReceived++
      return
    }
    case 'notifications/cancelled':
      client.withdraw(params.requestId)
      return
    case 'elicitation/create':
      client.track(answer(client, id, String(params.key)))
      return
    case undefined:
    default:
  }
}

async function answer(client: ModelClient, id: unknown, key: string): Promise<void> {
  const question = client.surroundings.questions.find((asked) => asked.key === key)
  if (!question) return
  question.receivedAt ??= client.now
  client.questions.set(id, question)
  await client.pause(client.answerMs(key))
  if (question.withdrawnAt !== undefined || client.transport.signal.aborted) return
  question.answeredAt = client.now
  const message = { id, result: { action: 'accept', content: { key } } }
  const response = await client.send('POST', `answer-${key}`, message, client.transport.signal).catch(() => undefined)
  await response?.text().catch(() => undefined)
}
