import type { AnswerSource } from './answer.js'

/** How the server behaves; a restart can change each of these. */
export interface Behaviour {
  /** What a request with an unknown session id gets. @default the specification's 404 with JSON-RPC -32001 */
  readonly lossAnswer: AnswerSource
  /** Without sessions: `initialize` makes no id, and ids are ignored. @default false */
  readonly stateless: boolean
  /** The protocol version that `initialize` answers. @default what the client asks for, if it is known */
  readonly protocolVersion: string | undefined
  /** @default 'json' */
  readonly initializeAs: 'json' | 'sse'
  /** @default 'json' */
  readonly requestsAs: 'json' | 'sse'
  /** Whether there is a standalone stream (GET); without it a GET gets 405. @default true */
  readonly standaloneStream: boolean
}

/** Options of the fault server. */
export interface FaultServerOptions extends Partial<Behaviour> {
  /** @default a free port */
  readonly port?: number
  /** Path of the MCP endpoint. @default '/mcp' */
  readonly path?: string
  /** Session ids nobody can guess, or 1, 2, 3 … as some servers make them. @default 'random' */
  readonly ids?: 'random' | 'counted'
}

/** What a fresh process looks like: what it behaves like from now on, and what became of the old one's streams. */
export interface RestartOptions extends Partial<Behaviour> {
  /** A process that counts its ids starts at 1 again. @default true */
  readonly restartIds?: boolean
  /**
   * Open standalone streams: kept by whoever stands in front, ended, or cut.
   * @default 'keep'
   */
  readonly streams?: 'keep' | 'end' | 'cut'
}
