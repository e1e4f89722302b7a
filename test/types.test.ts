import type { FetchLike as FetchLikeV1 } from '@modelcontextprotocol/sdk/shared/transport.js'
import {
  applyMiddlewares as applyMiddlewaresV1,
  type Middleware as MiddlewareV1,
} from '@modelcontextprotocol/sdk/client/middleware.js'
import { applyMiddlewares as applyMiddlewaresV2, type Middleware as MiddlewareV2 } from '@modelcontextprotocol/client'
import { withSessionRecovery } from '@mcp-tether/client'
import { expect, it } from 'vitest'

// The compiler is the judge here: each line fails to compile when the shape is no longer the SDKs' own.
it('is a middleware of both SDKs, and makes a global fetch', () => {
  const v1: MiddlewareV1 = withSessionRecovery()
  const v2: MiddlewareV2 = withSessionRecovery()
  const fetchV1: FetchLikeV1 = applyMiddlewaresV1(withSessionRecovery())(globalThis.fetch)
  const fetchV2 = applyMiddlewaresV2(withSessionRecovery())(globalThis.fetch)
  const everywhere: typeof globalThis.fetch = withSessionRecovery()(globalThis.fetch)
  expect([v1, v2, fetchV1, fetchV2, everywhere].map((value) => typeof value)).toEqual(Array(5).fill('function'))
})
