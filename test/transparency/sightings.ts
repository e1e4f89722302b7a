import { Changes } from './changes.js'

/** What the host's questions are answered with, the same in every run. */
const answers: Record<string, Record<string, unknown>> = {
  'elicitation/create': { action: 'accept', content: { sure: true } },
  'sampling/createMessage': { role: 'assistant', model: 'none', content: { type: 'text', text: 'something' } },
  'roots/list': { roots: [{ uri: 'file:///tmp', name: 'tmp' }] },
}

/** Everything that a client told its host, in order within each kind. Streams race each other, so kinds are apart. */
export class Sightings extends Changes {
  readonly outcomes: unknown[] = []
  readonly progress: unknown[] = []
  readonly notifications: unknown[] = []
  readonly questions: unknown[] = []
  readonly errors: string[] = []

  /** What was seen, as plain data. */
  get all(): Record<string, unknown> {
    const { outcomes, progress, notifications, questions, errors } = this
    return structuredClone({ outcomes, progress, notifications, questions, errors })
  }

  /** Notes what becomes of a request: its result, or the error it is rejected with. */
  async outcome(request: Promise<unknown>): Promise<void> {
    try {
      this.outcomes.push({ result: await request })
    } catch (error) {
      const { name, message, code, data } = error as Error & { code?: unknown; data?: unknown }
      this.outcomes.push({ name, message, code, data })
    }
  }

  asked({ method, params }: { method: string; params?: unknown }): Record<string, unknown> {
    this.questions.push({ method, params })
    return answers[method] ?? {}
  }

  notified({ method, params }: { method: string; params?: unknown }): void {
    this.notifications.push({ method, params })
    this.changed()
  }

  failed(error: Error): void {
    this.errors.push(`${error.name}: ${error.message}`)
    this.changed()
  }

  callOptions({ signal, progress }: { signal?: AbortSignal; progress?: boolean }): {
    signal?: AbortSignal
    onprogress?: (progress: unknown) => void
  } {
    const onprogress = (it: unknown): void => {
      this.progress.push(it)
      this.changed()
    }
    return { ...(signal ? { signal } : {}), ...(progress ? { onprogress } : {}) }
  }
}
