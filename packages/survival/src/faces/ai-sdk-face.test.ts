import { expect, it } from 'vitest'
import { aiSdkFace, whyNoAiSdk } from './ai-sdk-face.js'

it('says why it can’t run on an older Node', () => {
  expect(whyNoAiSdk('20.20.2')).toBe('@ai-sdk/mcp needs Node 22 or newer, and this is Node 20.20.2')
  expect(whyNoAiSdk('22.0.0')).toBeUndefined()
})

it.skipIf(whyNoAiSdk() === undefined)('throws that on an older Node', () => {
  expect(() => aiSdkFace()).toThrow('@ai-sdk/mcp needs Node 22')
})
