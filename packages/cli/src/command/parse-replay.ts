import type { ReplayPolicy } from '@mcp-tether/client'
import { printable } from '../log/printable.js'
import { UsageError } from './usage-error.js'

const policies = ['on-rejection', 'hinted', 'never'] as const satisfies ReplayPolicy[]

/** Which refused requests are sent again on the new session. */
export function parseReplay(given: string): ReplayPolicy {
  const policy = policies.find((each) => each === given)
  if (policy !== undefined) return policy
  throw new UsageError(`--replay was given "${printable(given, 40)}"; expected one of ${policies.join(', ')}`)
}
