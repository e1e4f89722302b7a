import type { OptionValues } from './option.js'
import { recoveryOptions } from './recovery-options.js'
import { requestOptions } from './request-options.js'
import { transportOptions } from '../http-sse/transport-options.js'
import { startupOptions } from '../startup/startup-options.js'
import { signInOptions } from '../sign-in/sign-in-options.js'
import { logOptions } from '../log/log-options.js'
import { connectionOptions } from '../upstream/connection-options.js'

/**
 * Every option of the bridge. Flags, help, environment variables, the configuration file, its schema and docs/cli.md
 * are made from this. A room keeps its own rows beside what they set, and adds them here; then
 * `npx vitest run test/cli-docs -u` writes the schema and the tables anew.
 */
export const optionTable = {
  ...requestOptions,
  ...signInOptions,
  ...transportOptions,
  ...startupOptions,
  ...connectionOptions,
  ...recoveryOptions,
  ...logOptions,
}

/** What was given of them, read and checked. */
export type GivenOptions = OptionValues<typeof optionTable>
