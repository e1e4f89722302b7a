import type { JsonSchema, OptionTable } from '../../packages/cli/src/options/option.js'
import { sentence } from './sentence.js'

/** The JSON Schema of the configuration file. */
export function configSchema(table: OptionTable): JsonSchema {
  const properties = Object.entries(table).map(([key, option]): [string, JsonSchema] => [
    key,
    { ...option.schema, description: sentence(option) },
  ])
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Options of mcp-tether',
    description: 'What mcp-tether --config reads. Durations are in seconds.',
    type: 'object',
    properties: { $schema: { type: 'string' }, ...Object.fromEntries(properties) },
    additionalProperties: false,
  }
}
