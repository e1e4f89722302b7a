/**
 * Parts of the engine for the other packages of this project, so that one rule is written once.
 * @private Nothing here is covered by semantic versioning.
 */
export { peekBody, withBody, type PeekedResponse } from './base/body.js'
export { readAnswer } from './fetch/read-whole.js'
export { waitBeforeNextTry, type OutageState } from './recovery/outage.js'
export { readContent, type RefusalContent } from './recovery/refusal.js'
export { EventScanner, type EventData, type LineKind, type ScannedEvent } from './wire/event-scanner.js'
export { scalarOf, wantedMembers, type JsonOutline, type JsonShape } from './wire/json-outline.js'
export { JsonScanner } from './wire/json-scanner.js'
export { isLasting } from './wire/request-progress.js'
export { retryAfterMs } from './wire/retry-after.js'
