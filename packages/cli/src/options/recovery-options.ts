import { dialectsOption } from './dialects-option.js'
import { choiceOption } from './kinds/choice-option.js'
import { secondsOption } from './kinds/seconds-option.js'

/** The engine's own options, under its own names. Its defaults hold for what is absent. */
export const recoveryOptions = {
  replay: choiceOption({
    flag: '--replay',
    placeholder: '<policy>',
    variable: 'MCP_TETHER_REPLAY',
    group: 'Recovery',
    help:
      'which refused calls are sent again on the new session: on-rejection (all of them, since none was run), hinted ' +
      '(reads, and tools that the server calls read-only or idempotent) or never',
    default: 'on-rejection',
    choices: ['on-rejection', 'hinted', 'never'],
  }),
  recoveryTimeout: secondsOption({
    flag: '--recovery-timeout',
    variable: 'MCP_TETHER_RECOVERY_TIMEOUT',
    group: 'Recovery',
    help: 'longest time one recovery may take',
    default: '30',
    least: 'more than 0',
  }),
  outageBudget: secondsOption({
    flag: '--outage-budget',
    variable: 'MCP_TETHER_OUTAGE_BUDGET',
    group: 'Recovery',
    help: 'longest time to wait for a server that is away (connection refused, 503, 429); 0: not at all',
    default: '30',
    least: '0 or more',
  }),
  dialects: dialectsOption,
  announceListChanges: choiceOption({
    flag: '--announce-list-changes',
    placeholder: '<when>',
    variable: 'MCP_TETHER_ANNOUNCE_LIST_CHANGES',
    group: 'Recovery',
    help:
      'whether the host is told when tools, prompts or resources are others after a recovery: declared (where the ' +
      'server has declared listChanged), always or never',
    default: 'declared',
    choices: ['declared', 'always', 'never'],
  }),
}
