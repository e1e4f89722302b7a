import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Capability, ConnectOptions, FetchLike, ToolCallOptions } from './face.js'

/** Options of the faces that are an SDK on a `fetch`. */
export interface SdkFaceOptions {
  /** @default the global fetch: no recovery */
  readonly fetch?: FetchLike
  /** A fetch with two recovering instances on top of each other, for the scenarios about that. */
  readonly stackedFetch?: FetchLike
  readonly name?: string
}

/** What the clients say they can do, so that they may send and be sent what the scenarios need. */
export const clientCapabilities = { roots: { listChanged: true }, sampling: {}, elicitation: {} }

/** What both SDKs can do. */
export const sdkCapabilities: readonly Capability[] = [
  'two-clients',
  'redirects',
  'fetch',
  'notify',
  'request',
  'headers',
  'listens',
  'hears',
  'progress',
  'elicits',
  'asked',
  'signs-in',
]

/** In the words of both SDKs. */
export function requestOptions({ signal, onProgress }: ToolCallOptions) {
  return {
    ...(signal ? { signal } : {}),
    ...(onProgress
      ? {
          onprogress: ({ progress }: { readonly progress: number }) => {
            onProgress(progress)
          },
        }
      : {}),
  }
}

export function fetchFor(options: SdkFaceOptions, { stacked = false }: ConnectOptions): FetchLike {
  if (stacked) {
    if (!options.stackedFetch) throw new TypeError('This face has no stacked fetch')
    return options.stackedFetch
  }
  return options.fetch ?? ((url, init) => globalThis.fetch(url, init))
}

/** What was started in this process has reached its `fetch` after a few turns of the event loop. */
export async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await nextTurn()
}

/** Runs all steps, in order, then throws the first error any of them threw. */
export async function closeAll(...steps: readonly (() => Promise<void>)[]): Promise<void> {
  const errors: unknown[] = []
  for (const step of steps) {
    try {
      await step()
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw errors[0]
}
