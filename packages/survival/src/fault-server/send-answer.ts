import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import type { Answer, AnswerSource, PlainAnswer, SseStep } from './answer.js'
import type { DefaultAnswer } from './default-answer.js'
import type { Exchange } from './exchange.js'
import type { Session } from './sessions.js'

/** What sending an answer needs of the server. */
export interface SendContext {
  readonly exchange: Exchange
  readonly res: ServerResponse
  /** Aborted when the server closes: nothing waits longer than that. */
  readonly closed: AbortSignal
  /** Whether whole answers are compressed. */
  readonly compressed: boolean
  defaultAnswer(): DefaultAnswer
  openStream(session: Session): void
  /** Notes the head of the answer. */
  head(answer: Pick<PlainAnswer, 'status' | 'headers'>): void
  /** Notes that the answer is complete, or as complete as it will be. */
  answered(): void
}

/** Writes an answer, whatever it takes. Resolves when nothing more is to be written. */
export async function sendAnswer(source: AnswerSource, context: SendContext): Promise<void> {
  const answer: DefaultAnswer = typeof source === 'function' ? source(context.exchange) : source
  await send(answer === 'default' ? context.defaultAnswer() : answer, context)
}

async function send(answer: DefaultAnswer, context: SendContext): Promise<void> {
  const { closed } = context
  if (answer === 'default') {
    await send(context.defaultAnswer(), context)
  } else if ('openStream' in answer) {
    context.openStream(answer.openStream)
    context.answered()
  } else if ('gate' in answer) {
    if (await opened(answer.gate, closed)) await sendAnswer(answer.then, context)
  } else if ('delayMs' in answer) {
    if (await opened(delay(answer.delayMs, undefined, { signal: closed }), closed)) {
      await sendAnswer(answer.then, context)
    }
  } else if ('execute' in answer) {
    context.defaultAnswer()
    await sendAnswer(answer.then, context)
  } else if ('sse' in answer) {
    await sendStream(answer, context)
  } else if ('reset' in answer) {
    reset(answer, context)
  } else if ('status' in answer) {
    sendWhole(answer, context)
  }
  // What is left is silence: the connection stays open until one side closes it.
}

function sendWhole(answer: PlainAnswer, context: SendContext): void {
  const compress = context.compressed && answer.body !== undefined
  const body = compress ? gzipSync(answer.body) : Buffer.from(answer.body ?? '')
  const headers = compress ? { ...answer.headers, 'content-encoding': 'gzip' } : answer.headers
  writeHead(context, { ...answer, headers: withLength(answer.status, body, headers) })
  context.answered()
  context.res.end(body)
}

async function sendStream(answer: Extract<Answer, { sse: unknown }>, context: SendContext): Promise<void> {
  const { res, closed } = context
  writeHead(context, {
    status: answer.status ?? 200,
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', ...answer.headers },
  })
  res.flushHeaders()
  for (const step of answer.sse) {
    if (!(await takeStep(step, res, closed))) {
      context.answered()
      return
    }
  }
  context.answered()
  if (answer.open !== true) res.end()
}

const SETTLE_MS = 100

async function takeStep(step: SseStep, res: ServerResponse, closed: AbortSignal): Promise<boolean> {
  if (typeof step === 'string') {
    res.write(step)
    return true
  }
  if ('gate' in step) return opened(step.gate, closed)
  // A client that learns of the end before it has read what came before throws that away.
  await opened(delay(SETTLE_MS, undefined, { signal: closed }), closed)
  res.destroy()
  return false
}

function reset(answer: Extract<Answer, { reset: unknown }>, context: SendContext): void {
  const { res } = context
  context.answered()
  if (answer.reset === 'before-head') {
    res.destroy()
    return
  }
  const head: PlainAnswer = answer.reset === 'after-bytes' ? answer.of : { status: 200 }
  writeHead(context, head)
  res.flushHeaders()
  const bytes = answer.reset === 'after-bytes' ? Buffer.from(head.body ?? '').subarray(0, answer.bytes) : Buffer.of()
  // Destroying at once would throw away what was not handed to the kernel yet.
  if (bytes.length === 0) setImmediate(() => res.destroy())
  else res.write(bytes, () => res.destroy())
}

/** As most servers do: without it Node would send the body in chunks. */
function withLength(
  status: number,
  body: Buffer,
  headers: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const framing = Object.keys(headers).some((name) => /^(content-length|transfer-encoding)$/i.test(name))
  if (framing || status === 204 || status === 304) return headers
  return { ...headers, 'content-length': String(body.length) }
}

function writeHead(context: SendContext, answer: PlainAnswer): void {
  context.head(answer)
  context.res.writeHead(answer.status, answer.headers)
}

/** Waits for the gate; false if the server was closed first. */
async function opened(gate: Promise<unknown>, closed: AbortSignal): Promise<boolean> {
  if (closed.aborted) return false
  let close!: () => void
  const closing = new Promise<false>((resolve) => {
    close = () => {
      resolve(false)
    }
    closed.addEventListener('abort', close)
  })
  try {
    return await Promise.race([gate.then(() => true), closing])
  } catch {
    return false
  } finally {
    closed.removeEventListener('abort', close)
  }
}
