import { bodyShapes } from './body-shapes.js'
import { cancellation } from './cancellation.js'
import { countedIds } from './counted-ids.js'
import { dialectShapes, invalidRequestInOk, lossInEvent } from './dialects.js'
import { failedRecovery } from './failed-recovery.js'
import { foreignIds } from './foreign-ids.js'
import { healOnly } from './heal-only.js'
import { lookAlikes } from './look-alikes.js'
import { oneWayMessages } from './one-way-messages.js'
import { outages } from './outages.js'
import { redeploys } from './redeploys.js'
import { repeatedLosses } from './repeated-losses.js'
import type { Scenario } from './scenario.js'
import { sessionEnd } from './session-end.js'
import { singleFlight } from './single-flight.js'
import { wireContract } from './wire-contract.js'

/** Every scenario, in the order in which they build on each other. */
export const scenarios: readonly Scenario[] = [
  ...wireContract,
  ...bodyShapes,
  ...dialectShapes,
  ...invalidRequestInOk,
  ...lossInEvent,
  ...healOnly,
  ...outages,
  ...repeatedLosses,
  ...singleFlight,
  ...cancellation,
  ...failedRecovery,
  ...oneWayMessages,
  ...sessionEnd,
  ...redeploys,
  ...countedIds,
  ...foreignIds,
  ...lookAlikes,
]
