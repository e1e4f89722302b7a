import { type ConfigObject, type ConfigValue, DocumentError } from './document.js'

/** A table with its header: a line for each key, tables in it as inline tables. */
export function formatTomlTable(path: readonly string[], value: ConfigObject, lineBreak: string): string {
  const lines = Object.entries(value).map(([key, each]) => `${formatTomlKey(key)} = ${formatTomlValue(each)}`)
  return [`[${path.map(formatTomlKey).join('.')}]`, ...lines].map((line) => line + lineBreak).join('')
}

export function formatTomlValue(value: ConfigValue): string {
  if (typeof value === 'string') return formatTomlString(value)
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  if (Array.isArray(value)) return `[${(value as readonly ConfigValue[]).map(formatTomlValue).join(', ')}]`
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    const pairs = Object.entries(value).map(([key, each]) => `${formatTomlKey(key)} = ${formatTomlValue(each)}`)
    return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`
  }
  throw new DocumentError('holds a date or another value that can only be moved by hand')
}

/** Bare where TOML allows it. */
export function formatTomlKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : formatTomlString(key)
}

/** A basic string: JSON's escapes are among TOML's, which wants DEL escaped as well. */
function formatTomlString(text: string): string {
  return JSON.stringify(text).replaceAll('\x7f', '\\u007f')
}
