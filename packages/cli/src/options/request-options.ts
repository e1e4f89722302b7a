import { headersOption } from './headers-option.js'
import { textOption } from './kinds/text-option.js'
import { parseServerUrl } from './parse-url.js'

/** What is asked of whom. */
export const requestOptions = {
  url: textOption({
    flag: '<url>',
    placeholder: '<url>',
    variable: 'MCP_TETHER_URL',
    group: 'Requests',
    help: 'address of the MCP server',
    schema: { pattern: '^https?://' },
    read: parseServerUrl,
  }),
  headers: headersOption,
}
