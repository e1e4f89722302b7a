import colors from 'picocolors'
import type { Seen } from './hosts.js'
import type { Exchange } from './wire-recorder.js'

const { bold, cyan, dim, green, red, yellow } = colors

export const chapter = (text: string) => `\n${bold(text)}`

export const aside = (text: string) => `  ${dim(text)}`

/** What a model saw, on one line. */
export function sight(who: string, { ok, text, ms }: Seen): string {
  const shown = text.length > 150 ? `${text.slice(0, 150)}…` : text
  const result = ok ? green(shown) : red(`ERROR ${shown}`)
  return `  ${who.padEnd(18)} the model sees after ${String(ms).padStart(4)} ms: ${result}`
}

/** What went over the wire, a line each, sessions numbered in the order in which they appeared. */
export function wire(exchanges: readonly Exchange[], sessions: Map<string, number>): string[] {
  const remarks = remarksOn(exchanges)
  return exchanges.map(({ at, what, sessionId, answer }, index) => {
    const session = sessionId === undefined ? 'no session' : `session ${letter(sessions, sessionId)}`
    const status = typeof answer === 'number' && answer < 400 ? cyan(String(answer)) : yellow(String(answer))
    const line = `${String(at).padStart(6)} ms  ${what.padEnd(28)} ${session.padEnd(11)} → ${status}`
    const remark = remarks[index]
    return `  ${line}${remark === undefined ? '' : dim(`   ${remark}`)}`
  })
}

function letter(sessions: Map<string, number>, sessionId: string): string {
  const number = sessions.get(sessionId) ?? sessions.size
  sessions.set(sessionId, number)
  return String.fromCharCode(65 + number)
}

/** What each exchange is for, told from what is there and not from what we hope for. */
function remarksOn(exchanges: readonly Exchange[]): (string | undefined)[] {
  const refused = new Set<string>()
  return exchanges.map(({ what, answer, sessionId }) => {
    if (what.startsWith('initialize') && sessionId === undefined) return 'initialize: a new session'
    if (what === 'notifications/initialized') return 'initialized: the new session is acknowledged'
    if (what === 'GET') return 'the stream for the server’s own messages'
    if (typeof answer === 'string') return 'the server cannot be reached'
    if (answer >= 400) {
      refused.add(what)
      return 'refused: the server does not know the session'
    }
    return refused.has(what) ? 'replay: the same call, the same id' : undefined
  })
}
