import { printable } from '../log/printable.js'
import { refuseType } from './kinds/refuse.js'
import type { BridgeOption } from './option.js'
import { parseHeader, parseHeaderLine } from './parse-header.js'

/** Headers of every request. `Name: value` on the command line, an object in the file. */
export const headersOption: BridgeOption<Headers> = {
  flag: '--header',
  placeholder: '<header>',
  repeatable: true,
  variable: 'MCP_TETHER_HEADERS',
  group: 'Requests',
  help: "send 'Name: value' with every request (repeatable); ${NAME} in the value is read from the environment",
  schema: {
    type: 'object',
    propertyNames: { pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$" },
    additionalProperties: { type: 'string' },
  },
  fromText(given, input) {
    const headers = new Headers()
    for (const line of given) headers.append(...parseHeaderLine(line, input))
    return headers
  },
  fromFile(given, input) {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      return refuseType(given, 'an object like { "X-Name": "value" }', input)
    }
    const headers = new Headers()
    for (const [name, value] of Object.entries(given)) {
      const label = `${input.name}, ${printable(name, 40)}`
      if (typeof value !== 'string') return refuseType(value, 'a text', { ...input, name: label })
      headers.append(...parseHeader(name, value, input, label))
    }
    return headers
  },
}
