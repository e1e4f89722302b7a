import { choiceOption } from '../options/kinds/choice-option.js'
import { pathOption } from '../options/kinds/path-option.js'
import { switchOption } from '../options/kinds/switch-option.js'
import { logThresholds } from './log-level.js'

export const logOptions = {
  logLevel: choiceOption({
    flag: '--log-level',
    placeholder: '<level>',
    variable: 'MCP_TETHER_LOG_LEVEL',
    group: 'Logging',
    help:
      'what is printed on stderr and into the log file: silent, warn, info (also a line when connected, one for each ' +
      'loss and recovery) or debug (also every exchange with the server, and every step of a recovery)',
    default: 'info',
    choices: logThresholds,
  }),
  logFormat: choiceOption({
    flag: '--log-format',
    placeholder: '<format>',
    variable: 'MCP_TETHER_LOG_FORMAT',
    group: 'Logging',
    help: 'text for people, or json: one object a line',
    default: 'text',
    choices: ['text', 'json'],
  }),
  logFile: pathOption({
    flag: '--log-file',
    variable: 'MCP_TETHER_LOG_FILE',
    group: 'Logging',
    help: 'write the same lines to the end of this file, which only its owner may read',
  }),
  verbose: switchOption({
    flag: '--verbose',
    variable: 'MCP_TETHER_VERBOSE',
    group: 'Logging',
    help: 'the same as --log-level debug',
  }),
}
