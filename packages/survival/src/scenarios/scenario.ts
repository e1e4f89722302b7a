import type { Capability } from '../faces/face.js'
import type { FaultServerOptions } from '../fault-server/options.js'
import type { Verdict } from '../judge/judge.js'
import type { Stage } from '../runner/stage.js'
import type { Promised } from './promises.js'

/** A story with a server, one client or several, and what must come of it. */
export interface Scenario {
  /** In kebab-case; unique. */
  readonly name: string
  /** One sentence. */
  readonly title: string
  readonly promise: Promised
  /** Nothing is lost in it: a client without recovery passes it too. @default false */
  readonly control?: boolean
  /** What a face must be able to do. @default nothing special */
  readonly needs?: readonly Capability[]
  /** How the server starts. */
  readonly server?: FaultServerOptions
  /** Verdicts that pass. @default only 'recovered' */
  readonly allows?: readonly Verdict[]
  play(stage: Stage): Promise<void>
}
