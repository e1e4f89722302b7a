import type { ConfigFileSource } from './config-file.js'
import { textOption } from './kinds/text-option.js'

/** Where the configuration file is. It has no place in that file. */
export const configOption = textOption({
  flag: '--config',
  placeholder: '<file>',
  variable: 'MCP_TETHER_CONFIG',
  group: 'Options',
  help: 'read options from this JSON file; what is given on the command line or in the environment comes first',
  read: (path, { name, directory }): ConfigFileSource => ({ path, name, directory }),
})
