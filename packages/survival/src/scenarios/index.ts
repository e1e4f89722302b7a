import { authOrders } from './auth-orders.js'
import { away } from './away.js'
import { awkwardHandshakes } from './awkward-handshakes.js'
import { bodyShapes } from './body-shapes.js'
import { cancellation } from './cancellation.js'
import { changedLists } from './changed-lists.js'
import { countedIds } from './counted-ids.js'
import { dialectShapes, invalidRequestInOk, lossInEvent } from './dialects.js'
import { failedRecovery } from './failed-recovery.js'
import { foreignIds } from './foreign-ids.js'
import { healOnly } from './heal-only.js'
import { lookAlikes } from './look-alikes.js'
import { oneWayMessages } from './one-way-messages.js'
import { outages } from './outages.js'
import { questions } from './questions.js'
import { redeploys } from './redeploys.js'
import { repeatedLosses } from './repeated-losses.js'
import type { Scenario } from './scenario.js'
import { sessionEnd } from './session-end.js'
import { singleFlight } from './single-flight.js'
import { standaloneOffered } from './standalone-offered.js'
import { standaloneStream } from './standalone-stream.js'
import { streamsNotRepeated } from './streams-not-repeated.js'
import { streamsNotResumable } from './streams-not-resumable.js'
import { streamsOfDeadSessions } from './streams-of-dead-sessions.js'
import { streamsResumed } from './streams-resumed.js'
import { tasksAndBatches } from './tasks-and-batches.js'
import { transcript } from './transcript.js'
import { wireContract } from './wire-contract.js'

/** Every scenario, in the order in which they build on each other. */
export const scenarios: readonly Scenario[] = [
  ...wireContract,
  ...bodyShapes,
  ...dialectShapes,
  ...invalidRequestInOk,
  ...lossInEvent,
  ...healOnly,
  ...lookAlikes,
  ...repeatedLosses,
  ...singleFlight,
  ...failedRecovery,
  ...awkwardHandshakes,
  ...outages,
  ...away,
  ...streamsResumed,
  ...streamsNotResumable,
  ...streamsOfDeadSessions,
  ...streamsNotRepeated,
  ...standaloneStream,
  ...standaloneOffered,
  ...questions,
  ...transcript,
  ...changedLists,
  ...cancellation,
  ...oneWayMessages,
  ...tasksAndBatches,
  ...sessionEnd,
  ...redeploys,
  ...countedIds,
  ...foreignIds,
  ...authOrders,
]
