import type { FetchLike } from '@mcp-tether/client'
import { isLasting, peekBody, retryAfterMs, waitBeforeNextTry } from '@mcp-tether/client/internal'
import { describeFailure } from '../bridge/describe-failure.js'
import { initializeIn } from '../bridge/initialize-in.js'
import type { RpcRequest } from '../bridge/message.js'
import { wait } from '../bridge/wait.js'
import type { Log } from '../log/log.js'
import { deadline } from '../time/deadline.js'
import { unavailableResponse } from './unavailable-response.js'
import { StartupProgress } from './startup-progress.js'
import { type StartupVerdict, startupVerdict } from './startup-verdict.js'
import { failureTrouble, lateTrouble, refusalTrouble, type Trouble } from './trouble.js'

export interface StartupWaitOptions {
  readonly url: URL
  /** Longest time from an `initialize` to its answer, in milliseconds. 0: nothing is waited for. */
  readonly budgetMs: number
  readonly log: Log
  /** What must not appear in an error. */
  readonly secrets?: readonly string[]
  /** A number from 0 to 1. @default Math.random */
  readonly random?: () => number
}

/** Waits for a server that is not there yet. */
export interface StartupWait {
  /** Belongs inside the sign-in, whose waiting for a human is not counted, and around the engine. */
  readonly middleware: (next: FetchLike) => FetchLike
  /** Nobody is waited for any more: what waits now is answered at once. */
  readonly stop: () => void
}

/** How long a 404 that may mean a mistyped path is waited out: routers learn of a new instance within seconds. */
const notFoundPatienceMs = 20_000

/** The answer leaves this long before the budget's end, for a host that itself waits exactly as long. */
const answerMarginMs = 2_000

/** A refusal says what it has to say within this. */
const maxRefusalBytes = 64 * 1024
const maxRefusalMs = 2_000

/**
 * The host's `initialize` waits for a server that sleeps or is being started: it is sent again, with full jitter and
 * as the server asks (`Retry-After`), until it is answered or the budget ends; then the host gets an error, and may
 * ask again. Everything else passes, and so does whatever is no reason to wait.
 */
export function createStartupWait(options: StartupWaitOptions): StartupWait {
  const stopping = new AbortController()
  return {
    middleware: (next) => {
      if (options.budgetMs <= 0) return next
      return (url, init) => {
        const request = initializeIn(init)
        if (!request || stopping.signal.aborted) return next(url, init)
        return new Startup(options, request, stopping.signal).run(
          (signal) => next(url, { ...init, signal }),
          init?.signal,
        )
      }
    },
    stop() {
      stopping.abort()
    },
  }
}

type Try =
  | { readonly kind: 'done'; readonly response: Response }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'trouble'; readonly verdict: StartupVerdict; readonly trouble: Trouble }

/** One `initialize` until its answer. */
class Startup {
  readonly #options: StartupWaitOptions
  readonly #request: RpcRequest
  readonly #stopping: AbortSignal
  readonly #progress: StartupProgress
  readonly #startedAt = performance.now()
  readonly #budgetMs: number
  #notFoundSince: number | undefined

  constructor(options: StartupWaitOptions, request: RpcRequest, stopping: AbortSignal) {
    this.#options = options
    this.#request = request
    this.#stopping = stopping
    this.#progress = new StartupProgress(options)
    this.#budgetMs = Math.max(options.budgetMs - answerMarginMs, options.budgetMs * 0.9)
  }

  async run(
    send: (signal: AbortSignal) => Promise<Response>,
    caller: AbortSignal | null | undefined,
  ): Promise<Response> {
    const late = new AbortController()
    const timer = setTimeout(() => {
      late.abort()
    }, this.#budgetMs)
    // While it waits, whoever awaits it keeps the process alive; the pipe to the host does so anyway.
    timer.unref()
    try {
      return await this.#tries(send, caller ?? undefined, late.signal)
    } finally {
      clearTimeout(timer)
      this.#progress.end()
    }
  }

  async #tries(
    send: (signal: AbortSignal) => Promise<Response>,
    caller: AbortSignal | undefined,
    late: AbortSignal,
  ): Promise<Response> {
    const callers = caller ? [caller] : []
    let last: Trouble | undefined
    for (let tries = 1; ; tries++) {
      // The first try is not broken off when the host has gone: it may have been all that it wanted.
      const over = AbortSignal.any([late, ...callers, ...(last ? [this.#stopping] : [])])
      const outcome = await this.#once(send, over, caller)
      if (outcome.kind === 'done') {
        this.#progress.there()
        return outcome.response
      }
      if (outcome.kind === 'failed') throw outcome.error
      last = outcome.trouble === lateTrouble && last ? last : outcome.trouble
      const waitMs = over.aborted || this.#stopping.aborted ? undefined : this.#pauseAfter(outcome.verdict, last, tries)
      if (waitMs === undefined) return this.#giveUp(last, tries)
      this.#progress.waiting(last.words)
      await wait(waitMs, AbortSignal.any([late, this.#stopping, ...callers]))
      caller?.throwIfAborted()
      if (late.aborted || this.#stopping.aborted) return this.#giveUp(last, tries)
    }
  }

  async #once(
    send: (signal: AbortSignal) => Promise<Response>,
    over: AbortSignal,
    caller: AbortSignal | undefined,
  ): Promise<Try> {
    let response: Response
    try {
      response = await send(over)
    } catch (error) {
      caller?.throwIfAborted()
      if (over.aborted) return { kind: 'trouble', verdict: 'wait', trouble: lateTrouble }
      const verdict = startupVerdict({ kind: 'failed', code: describeFailure(error).code, isLasting: isLasting(error) })
      return verdict === 'take'
        ? { kind: 'failed', error }
        : { kind: 'trouble', verdict, trouble: failureTrouble(error) }
    }
    if (response.ok) return { kind: 'done', response }
    const limit = deadline(maxRefusalMs, over)
    const peeked = await peekBody(response, maxRefusalBytes, limit.signal).finally(limit.cancel)
    const id = JSON.parse(this.#request.key) as string | number
    const verdict = startupVerdict({ kind: 'answered', status: response.status, body: peeked.text, id })
    if (verdict === 'take') return { kind: 'done', response: peeked.response }
    void peeked.response.body?.cancel().catch(() => undefined)
    const trouble = refusalTrouble(response, peeked.text, this.#options.secrets ?? [], retryAfterMs(response.headers))
    return { kind: 'trouble', verdict, trouble }
  }

  /** How long until the next try; `undefined` when there is none within the budget. */
  #pauseAfter(verdict: StartupVerdict, trouble: Trouble, tries: number): number | undefined {
    const now = performance.now()
    this.#notFoundSince = verdict === 'wait-a-little' ? (this.#notFoundSince ?? now) : undefined
    if (this.#notFoundSince !== undefined && now - this.#notFoundSince >= notFoundPatienceMs) return undefined
    return waitBeforeNextTry({
      elapsedMs: now - this.#startedAt,
      budgetMs: this.#budgetMs,
      tries,
      retryAfterMs: trouble.retryAfterMs,
      random: (this.#options.random ?? Math.random)(),
    })
  }

  #giveUp(trouble: Trouble, tries: number): Response {
    const durationMs = Math.round(performance.now() - this.#startedAt)
    return unavailableResponse(this.#request, this.#options.url, trouble, { attempts: tries, durationMs })
  }
}
