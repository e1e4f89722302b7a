import { switchOption } from '../options/kinds/switch-option.js'

export const logOptions = {
  verbose: switchOption({
    flag: '--verbose',
    variable: 'MCP_TETHER_VERBOSE',
    group: 'Logging',
    help: 'print every exchange with the server, and every step of a recovery, on stderr',
  }),
}
