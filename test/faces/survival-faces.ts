import { fileURLToPath } from 'node:url'
import { withSessionRecovery } from '@mcp-tether/client'
import { aiSdkFace, bareFetchFace, sdkV1Face, sdkV2Face, stdioFace, whyNoAiSdk } from '@mcp-tether/survival'
import type { Face, FetchLike, SdkFaceOptions } from '@mcp-tether/survival'

/** A face to be made anew for each test, or the reason why it can't be made here. */
export interface FaceMaker {
  readonly name: string
  readonly skipped?: string
  readonly make: () => Face
}

const bridge = fileURLToPath(new URL('../../packages/cli/bin/mcp-tether.js', import.meta.url))

const globalFetch: FetchLike = (url, init) => fetch(url, init)

function sdkFaces(options: () => SdkFaceOptions): readonly FaceMaker[] {
  const skipped = whyNoAiSdk()
  return [
    { name: 'SDK v1', make: () => sdkV1Face(options()) },
    { name: 'SDK v2', make: () => sdkV2Face(options()) },
    { name: 'bare fetch', make: () => bareFetchFace(options()) },
    { name: 'ai-sdk', make: () => aiSdkFace(options()), ...(skipped === undefined ? {} : { skipped }) },
  ]
}

/** The clients as they are, without recovery. */
export const rawFaces = sdkFaces(() => ({ fetch: globalFetch }))

/** Every recovering face. Short deadlines, so that a server that is silent costs a test little. */
export const recoveringFaces: readonly FaceMaker[] = [
  ...sdkFaces(() => {
    const recovering = () => withSessionRecovery({ recoveryTimeout: 1500, authorizationTimeout: 1500 })
    return { fetch: recovering()(globalFetch), stackedFetch: recovering()(recovering()(globalFetch)) }
  }),
  {
    name: 'bridge',
    make: () =>
      stdioFace({
        name: 'bridge',
        command: process.execPath,
        args: [bridge, '--recovery-timeout', '1.5'],
        answeredLocally: '{',
      }),
  },
]
