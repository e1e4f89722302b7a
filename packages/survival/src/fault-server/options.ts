import type { JsonObject } from '../wire/json.js'
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
  /** What there is to list. @default the tools that {@link FaultServer} runs, one prompt, one resource */
  readonly lists: Lists
  /** Entries on one page of a list. @default all of them */
  readonly pageSize: number
  /** Whether it declares that it tells of changed lists. @default true */
  readonly listChanged: boolean
  /** Whether answers of known length are compressed for clients that take gzip. @default false */
  readonly compressed: boolean
}

/** The entries of each list. */
export interface Lists {
  readonly tools: readonly JsonObject[]
  readonly prompts: readonly JsonObject[]
  readonly resources: readonly JsonObject[]
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
  /** Kept-alive connections: kept by whoever stands in front, or closed with the process. @default 'keep' */
  readonly connections?: 'keep' | 'close'
}
