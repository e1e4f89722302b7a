import { setTimeout as pause } from 'node:timers/promises'

/*
 * What the official suite wants a server to answer (`conformance list --server`): the same for both SDK majors, as plain
 * functions of a request and of what a handler can do meanwhile.
 */

export interface Params {
  readonly [name: string]: unknown
  readonly name?: string
  readonly uri?: string
  readonly arguments?: Record<string, string>
  readonly _meta?: { readonly progressToken?: string | number }
}

export interface Context {
  readonly notify: (method: string, params: Record<string, unknown>) => Promise<void>
  /** Asks the client something. */
  readonly ask: (method: string, params: Record<string, unknown>) => Promise<unknown>
  /** Ends the stream of this call, so that the client has to come back for the answer. */
  readonly endStream: () => void
}

const onePixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='
const silence = 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAAAAA=='

const text = (said: string) => ({ type: 'text', text: said })
const image = { type: 'image', data: onePixel, mimeType: 'image/png' }
const resource = (uri: string, mimeType: string, said: string) => ({
  type: 'resource',
  resource: { uri, mimeType, text: said },
})
const object = (properties: object, required: readonly string[] = []) => ({ type: 'object', properties, required })
const string = { type: 'string' }

const defaults = object({
  name: { type: 'string', default: 'John Doe' },
  age: { type: 'integer', default: 30 },
  score: { type: 'number', default: 95.5 },
  status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
  verified: { type: 'boolean', default: true },
})

const titled = (key: string, count: string) =>
  [1, 2, 3].map((n) => ({ const: `value${n}`, title: `${['First', 'Second', 'Third'][n - 1] ?? ''} ${count} ${key}` }))
const enums = object({
  untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
  titledSingle: { type: 'string', oneOf: titled('', 'Option') },
  legacyEnum: {
    type: 'string',
    enum: ['opt1', 'opt2', 'opt3'],
    enumNames: ['Option One', 'Option Two', 'Option Three'],
  },
  untitledMulti: { type: 'array', items: { type: 'string', enum: ['option1', 'option2', 'option3'] } },
  titledMulti: { type: 'array', items: { anyOf: titled('', 'Choice') } },
})

const person = object({ username: string, email: string }, ['username', 'email'])

async function elicit({ ask }: Context, message: string, requestedSchema: object): Promise<string> {
  const answer = (await ask('elicitation/create', { message, requestedSchema })) as { action: string; content?: object }
  return `action=${answer.action}, content=${JSON.stringify(answer.content ?? {})}`
}

type Tool = readonly [
  description: string,
  inputSchema: object,
  run: (args: Record<string, string>, context: Context, params: Params) => Promise<readonly object[]>,
]

const tools: Readonly<Record<string, Tool>> = {
  test_simple_text: ['text', object({}), () => Promise.resolve([text('This is a simple text response for testing.')])],
  test_image_content: ['an image', object({}), () => Promise.resolve([image])],
  test_audio_content: [
    'audio',
    object({}),
    () => Promise.resolve([{ type: 'audio', data: silence, mimeType: 'audio/wav' }]),
  ],
  test_embedded_resource: [
    'a resource',
    object({}),
    () =>
      Promise.resolve([resource('test://embedded-resource', 'text/plain', 'This is an embedded resource content.')]),
  ],
  test_multiple_content_types: [
    'several kinds',
    object({}),
    () =>
      Promise.resolve([
        text('Multiple content types test:'),
        image,
        resource('test://mixed-content-resource', 'application/json', '{"test":"data","value":123}'),
      ]),
  ],
  test_tool_with_logging: [
    'logs',
    object({}),
    async (_args, { notify }) => {
      const log = (data: string) => notify('notifications/message', { level: 'info', data })
      await log('Tool execution started')
      await pause(50)
      await log('Tool processing data')
      await pause(50)
      await log('Tool execution completed')
      return [text('Logged.')]
    },
  ],
  test_error_handling: [
    'fails',
    object({}),
    () => Promise.reject(new Error('This tool intentionally returns an error for testing')),
  ],
  test_tool_with_progress: [
    'progresses',
    object({}),
    async (_args, { notify }, { _meta }) => {
      for (const progress of [0, 50, 100]) {
        if (progress > 0) await pause(50)
        const progressToken = _meta?.progressToken
        if (progressToken !== undefined) await notify('notifications/progress', { progressToken, progress, total: 100 })
      }
      return [text('Progressed.')]
    },
  ],
  test_sampling: [
    'asks the model',
    object({ prompt: string }, ['prompt']),
    async ({ prompt = '' }, { ask }) => {
      const messages = [{ role: 'user', content: text(prompt) }]
      const answer = (await ask('sampling/createMessage', { messages, maxTokens: 100 })) as {
        content: { text?: string }
      }
      return [text(`LLM response: ${answer.content.text ?? ''}`)]
    },
  ],
  test_elicitation: [
    'asks the user',
    object({ message: string }, ['message']),
    async ({ message = '' }, context) => [text(`User response: ${await elicit(context, message, person)}`)],
  ],
  test_elicitation_sep1034_defaults: [
    'asks with defaults',
    object({}),
    async (_args, context) => [text(`Elicitation completed: ${await elicit(context, 'Defaults?', defaults)}`)],
  ],
  test_elicitation_sep1330_enums: [
    'asks with enums',
    object({}),
    async (_args, context) => [text(`Elicitation completed: ${await elicit(context, 'Which?', enums)}`)],
  ],
  test_reconnection: [
    'ends its stream before its answer',
    object({}),
    async (_args, { endStream }) => {
      await pause(50)
      endStream()
      await pause(100)
      return [text('Answered after the stream was closed.')]
    },
  ],
  json_schema_2020_12_tool: [
    'Tool with JSON Schema 2020-12 features',
    {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      $defs: { address: { type: 'object', properties: { street: string, city: string } } },
      properties: { name: string, address: { $ref: '#/$defs/address' } },
      additionalProperties: false,
    },
    () => Promise.resolve([text('Named.')]),
  ],
}

const resources: Readonly<Record<string, object>> = {
  'test://static-text': { mimeType: 'text/plain', text: 'This is the content of the static text resource.' },
  'test://static-binary': { mimeType: 'image/png', blob: onePixel },
  'test://watched-resource': { mimeType: 'text/plain', text: 'Watched.' },
}

function read(uri: string): object {
  const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1]
  const data = { id, templateTest: true, data: `Data for ID: ${id ?? ''}` }
  const content = id === undefined ? resources[uri] : { mimeType: 'application/json', text: JSON.stringify(data) }
  if (content === undefined) throw new Error(`There is no resource ${uri}.`)
  return { contents: [{ uri, ...content }] }
}

const prompts: Readonly<
  Record<string, readonly [args: readonly string[], make: (args: Record<string, string>) => object[]]>
> = {
  test_simple_prompt: [[], () => [text('This is a simple prompt for testing.')]],
  test_prompt_with_arguments: [
    ['arg1', 'arg2'],
    ({ arg1 = '', arg2 = '' }) => [text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)],
  ],
  test_prompt_with_embedded_resource: [
    ['resourceUri'],
    ({ resourceUri = '' }) => [
      resource(resourceUri, 'text/plain', 'Embedded resource content for testing.'),
      text('Please process the embedded resource above.'),
    ],
  ],
  test_prompt_with_image: [[], () => [image, text('Please analyze the image above.')]],
}

export const capabilities = {
  tools: {},
  resources: { subscribe: true },
  prompts: {},
  completions: {},
  logging: {},
}

/** By method. */
export const answers: Readonly<Record<string, (params: Params, context: Context) => object | Promise<object>>> = {
  'logging/setLevel': () => ({}),
  'tools/list': () => ({
    tools: Object.entries(tools).map(([name, [description, inputSchema]]) => ({ name, description, inputSchema })),
  }),
  'tools/call': async (params, context) => {
    const tool = tools[params.name ?? '']
    if (tool === undefined) throw new Error(`There is no tool ${params.name ?? ''}.`)
    try {
      return { content: await tool[2](params.arguments ?? {}, context, params) }
    } catch (error) {
      return { isError: true, content: [text((error as Error).message)] }
    }
  },
  'resources/list': () => ({ resources: Object.keys(resources).map((uri) => ({ uri, name: uri })) }),
  'resources/templates/list': () => ({
    resourceTemplates: [{ uriTemplate: 'test://template/{id}/data', name: 'template', mimeType: 'application/json' }],
  }),
  'resources/read': ({ uri = '' }) => read(uri),
  'resources/subscribe': () => ({}),
  'resources/unsubscribe': () => ({}),
  'prompts/list': () => ({
    prompts: Object.entries(prompts).map(([name, [args]]) => ({
      name,
      description: name,
      arguments: args.map((arg) => ({ name: arg, required: true })),
    })),
  }),
  'prompts/get': ({ name = '', arguments: args = {} }) => ({
    messages: (prompts[name]?.[1](args) ?? []).map((content) => ({ role: 'user', content })),
  }),
  'completion/complete': () => ({ completion: { values: ['paris', 'park', 'party'], total: 3, hasMore: false } }),
}
