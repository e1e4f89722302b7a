import { secondsOption } from '../options/kinds/seconds-option.js'

/** How long a server that is not there yet is waited for, in milliseconds. */
export const defaultStartupTimeout = 60_000

export const startupOptions = {
  startupTimeout: secondsOption({
    flag: '--startup-timeout',
    variable: 'MCP_TETHER_STARTUP_TIMEOUT',
    group: 'Connection',
    help:
      'how long the host’s initialize waits for a server that sleeps or is being started, before it is answered with ' +
      'an error; 0: not at all',
    default: `${defaultStartupTimeout / 1000}`,
    least: '0 or more',
  }),
}
