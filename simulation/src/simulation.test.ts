import { expect, it } from 'vitest'
import { reportOf } from './run/report.js'
import { simulate } from './run/simulate.js'
import { allFeatures } from './schedule/features.js'

const runs = 5_000
const seed = 20_251_125

/** So often at least, in that many schedules: what they are about really happens. */
const leastOften: Readonly<Record<string, number>> = {
  'several sessions': 1_000,
  crowds: 50,
  requests: 30_000,
  losses: 5_000,
  recoveries: 3_000,
  replays: 2_500,
  'late refusals': 200,
  'heal-only losses': 300,
  'connections refused': 3_000,
  resets: 1_000,
  'bad gateways': 1_000,
  'not ready': 1_000,
  'retry-after': 500,
  cuts: 500,
  silences: 200,
  challenges: 1_500,
  'headers lost': 150,
  'own errors': 200,
  'executed and refused': 50,
  'outcome aborted': 500,
  'outcome cancelled': 500,
  'stateless epochs': 150,
  'ids minted again': 150,
  resumptions: 1_000,
  'interruptions call': 500,
  'continuations call': 50,
  'interruptions standalone': 500,
  'continuations standalone': 500,
  notifications: 1_000,
  'stream 200': 1_000,
  'stream 404': 200,
  'stream 405': 200,
  'handshake refused': 10,
  'handshake challenge': 10,
  'handshake silent': 10,
  'handshake cut': 10,
  'handshake unknown-version': 10,
  'handshake initialized-refused': 10,
  'handshake dies-before-initialized': 30,
  'dialect specification': 1_000,
  'dialect bare404': 100,
  'dialect invalidSessionId': 100,
  'dialect serverNotInitialized': 100,
  'dialect sessionNotFoundAs401': 100,
  'dialect noValidSessionAs401': 100,
  'dialect sessionGoneAs410': 100,
  'dialect sessionErrorInOk': 100,
  'dialect invalidRequestInOk': 30,
  'dialect errorTextInOk': 100,
  'dialect initializeFirstInOk': 3,
  'dialect sessionTerminatedAs500': 100,
  'dialect wrappedLossAs500': 100,
  questions: 1_000,
  'answers to questions': 800,
  withdrawals: 40,
}

it(`${String(runs)} random schedules break no promise (seed ${String(seed)})`, { timeout: 180_000 }, async () => {
  const { played, findings, classes } = await simulate({ runs, seed, features: allFeatures })
  expect(findings.map(reportOf).join('\n\n')).toBe('')
  expect(played).toBe(runs)
  const tooRare = Object.entries(leastOften).filter(([name, least]) => (classes[name] ?? 0) < least)
  expect(tooRare.map(([name, least]) => `${name}: ${String(classes[name] ?? 0)} of ${String(least)}`)).toEqual([])
})
