import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { EvidenceFile } from './evidence-file.js'
import { questionOf } from './questions.js'

/** A call of a tool, the same for both SDK majors. */
export interface ToolCall {
  readonly key: string
  readonly sessionId: string
  /** Tells the client how far it is, on the call's stream. */
  report(step: number, of: number): Promise<void>
  /**
   * Asks the client, on the call's stream or on the standalone one.
   * @returns its answer; undefined where none came in time
   */
  ask(question: string, isOnCallStream: boolean): Promise<string | undefined>
}

export interface ServerState {
  level: string | null
  readonly subscriptions: Set<string>
}

/** How an announcement reaches the standalone stream: by the package's `notify`, or by the SDK's own server. */
export interface Announcing {
  notify(sessionId: string, number: number): Promise<void>
  send(number: number): Promise<void>
}

/** What the tools of one session's server do. Each writes down that it runs before it does anything. */
export function createTools(evidence: EvidenceFile, announcing: Announcing, state: ServerState) {
  const execute = ({ key }: ToolCall): string => {
    const proof = randomBytes(6).toString('base64url')
    evidence.write('executed', { key, proof })
    return proof
  }
  return {
    bump: (call: ToolCall) => execute(call),

    /** @param ms of the work @param steps that are reported meanwhile */
    async work(call: ToolCall, ms: number, steps: number): Promise<string> {
      const proof = execute(call)
      for (let step = 1; step <= steps; step++) {
        await pause(ms / steps)
        await call.report(step, steps)
      }
      return proof
    },

    /** @param number says on which stream it asks */
    async ask(call: ToolCall, number: number): Promise<string> {
      const { key } = call
      const proof = execute(call)
      const answer = await call.ask(questionOf({ key, proof }), number % 2 === 0)
      if (answer === undefined) evidence.write('gave up', { key, proof })
      else evidence.write('heard', { key, proof, answer })
      return `${proof} ${answer ?? ''}`
    },

    async announce(call: ToolCall, number: number): Promise<string> {
      const proof = execute(call)
      if (number % 2 === 0) await announcing.notify(call.sessionId, number)
      else await announcing.send(number)
      evidence.write('announced', { key: call.key })
      return proof
    },

    state(call: ToolCall): string {
      return `${execute(call)} ${JSON.stringify({ level: state.level, subscriptions: [...state.subscriptions] })}`
    },
  }
}

export const announcedMethod = 'notifications/announced'

/** A server asks somebody else first, as many do: so that its state is not there at once. */
export const remembering = () => pause(60)
