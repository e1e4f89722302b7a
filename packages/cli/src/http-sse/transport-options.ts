import { choiceOption } from '../options/kinds/choice-option.js'

export const transportOptions = {
  transport: choiceOption({
    flag: '--transport',
    placeholder: '<transport>',
    variable: 'MCP_TETHER_TRANSPORT',
    group: 'Connection',
    help:
      'how the server is spoken to: http (Streamable HTTP), sse (the old HTTP+SSE), or auto: Streamable HTTP, and ' +
      'HTTP+SSE where initialize is answered 400, 404 or 405 and the address offers such a stream',
    default: 'auto',
    choices: ['auto', 'http', 'sse'],
  }),
}
