import { fileURLToPath } from 'node:url'
import { withSessionRecovery } from '@mcp-tether/client'
import { aiSdkFace, bareFetchFace, sdkV1Face, sdkV2Face, stdioFace, whyNoAiSdk } from '@mcp-tether/survival'
import type { Face, FetchLike, SdkFaceOptions } from '@mcp-tether/survival'

/** A face to be made anew for each play, or the reason why it can't be made here. */
export interface FaceMaker {
  /** Of the face too. */
  readonly name: string
  /** The client, and what helps it. */
  readonly about: string
  /** Whether it is to come through everything. */
  readonly recovering: boolean
  readonly skipped?: string
  readonly make: () => Face
}

const bridge = fileURLToPath(new URL('bin/mcp-tether.js', import.meta.resolve('mcp-tether/package.json')))

const globalFetch: FetchLike = (url, init) => fetch(url, init)

const whyNot = whyNoAiSdk()

function sdkFaces(recovering: boolean, options: () => SdkFaceOptions): readonly FaceMaker[] {
  const face = (title: string, about: string, make: (given: SdkFaceOptions) => Face): FaceMaker => {
    const name = recovering ? title : `${title} alone`
    const helped = recovering ? `${about} with \`withSessionRecovery()\`` : `${about} as it is`
    return { name, about: helped, recovering, make: () => make({ ...options(), name }) }
  }
  const aiSdk = face('ai-sdk', '`@ai-sdk/mcp` 2', aiSdkFace)
  return [
    face('SDK v1', '`@modelcontextprotocol/sdk` 1', sdkV1Face),
    face('SDK v2', '`@modelcontextprotocol/client` 2', sdkV2Face),
    whyNot === undefined ? aiSdk : { ...aiSdk, skipped: whyNot },
    face('fetch', 'a client without an SDK', bareFetchFace),
  ]
}

/** The clients as they are, without recovery. */
export const rawFaces = sdkFaces(false, () => ({ fetch: globalFetch }))

/** Short enough that a server which is silent or away costs little, and long enough for what shall go well. */
const limits = { recoveryTimeout: 2500, authorizationTimeout: 2500, outageBudget: 6000 }

/** Every recovering face. */
export const recoveringFaces: readonly FaceMaker[] = [
  ...sdkFaces(true, () => {
    const recovering = () => withSessionRecovery(limits)
    return { fetch: recovering()(globalFetch), stackedFetch: recovering()(recovering()(globalFetch)) }
  }),
  {
    name: 'bridge',
    about: 'a client over stdio with `mcp-tether`',
    recovering: true,
    make: () =>
      stdioFace({
        name: 'bridge',
        command: process.execPath,
        args: [
          bridge,
          ...['--recovery-timeout', String(limits.recoveryTimeout / 1000)],
          ...['--outage-budget', String(limits.outageBudget / 1000)],
        ],
        answeredLocally: '{',
      }),
  },
]
