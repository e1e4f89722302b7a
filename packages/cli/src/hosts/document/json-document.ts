import { getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import { type ConfigDocument, type ConfigObject, DocumentError } from './document.js'
import { formatJson, indentUnitOf } from './json-format.js'
import { insertProperty, removeProperty } from './json-properties.js'
import { applyEdits, beginsLine, indentationAt, lineBreakOf, positionOf } from './text-edit.js'

/**
 * Opens a host's JSON file, in which comments and trailing commas are allowed.
 *
 * @param section Keys that lead to the object whose members are the servers, e.g. `['mcpServers']`.
 */
export function openJsonDocument(text: string, section: readonly string[]): ConfigDocument {
  const root = parse(text)
  const { parent, missing } = find(text, root, section)
  const properties = missing.length === 0 ? propertiesOf(text, parent) : new Map<string, Node>()
  const lineBreak = lineBreakOf(text)
  const unit = indentUnitOf(text, root)

  const put = (name: string, valueText: string): string => {
    const value = valueOf(get(properties, name))
    return applyEdits(text, [{ start: value.offset, end: value.offset + value.length, text: valueText }])
  }
  return {
    entries: [...properties].map(([name, property]) => {
      const value = valueOf(property)
      return {
        name,
        value: getNodeValue(value) as unknown,
        text: text.slice(value.offset, value.offset + value.length),
      }
    }),
    insert(name, value) {
      const keys = [...missing, name]
      const [key = name] = keys
      const inner = keys.slice(1)
      const nested = inner.reduceRight<ConfigObject>((held, each) => ({ [each]: held }), value)
      if (root === undefined) {
        const start = text.trim() === '' ? '' : text.replace(/(\r?\n)?$/, lineBreak)
        return `${start}${formatJson({ [key]: nested }, { base: '', unit, lineBreak })}${lineBreak}`
      }
      return applyEdits(text, insertProperty(text, parent, key, nested, { unit, lineBreak }))
    },
    replace(name, value) {
      const { offset } = get(properties, name)
      const style = beginsLine(text, offset) ? { base: indentationAt(text, offset), unit, lineBreak } : undefined
      return put(name, formatJson(value, style))
    },
    restore: put,
    remove: (name) => applyEdits(text, removeProperty(text, parent, get(properties, name))),
  }
}

function parse(text: string): Node | undefined {
  const errors: ParseError[] = []
  const root = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true })
  const [first] = errors
  if (first !== undefined) {
    throw new DocumentError(`is not valid JSON: ${reasonOf(first)} at ${positionOf(text, first.offset)}`)
  }
  if (root !== undefined && root.type !== 'object') {
    throw new DocumentError(`holds ${kindOf(root)} where an object in {} was expected`)
  }
  return root
}

/** `CommaExpected` as people say it. */
function reasonOf({ error }: ParseError): string {
  return printParseErrorCode(error)
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase()
}

/** The innermost object of the section that is there, and the keys below it that are not. */
function find(
  text: string,
  root: Node | undefined,
  section: readonly string[],
): { readonly parent: Node; readonly missing: readonly string[] } {
  let parent: Node = root ?? { type: 'object', offset: 0, length: 0, children: [] }
  for (const [depth, key] of section.entries()) {
    const found = propertiesOf(text, parent, (name) => name === key).get(key)
    if (found === undefined) return { parent, missing: section.slice(depth) }
    const value = valueOf(found)
    if (value.type !== 'object') {
      throw new DocumentError(
        `has ${kindOf(value)} under "${key}" (${positionOf(text, value.offset)}), where an object in {} was expected`,
      )
    }
    parent = value
  }
  return { parent, missing: [] }
}

function propertiesOf(
  text: string,
  object: Node,
  wanted: (name: string) => boolean = () => true,
): ReadonlyMap<string, Node> {
  const properties = new Map<string, Node>()
  for (const property of object.children ?? []) {
    const name = String(property.children?.[0]?.value)
    if (!wanted(name)) continue
    // Which of the two a host takes is anyone's guess.
    if (properties.has(name)) {
      throw new DocumentError(`has "${name}" twice (again at ${positionOf(text, property.offset)}); delete one of them`)
    }
    properties.set(name, property)
  }
  return properties
}

function get(properties: ReadonlyMap<string, Node>, name: string): Node {
  const found = properties.get(name)
  if (found === undefined) throw new DocumentError(`has no entry "${name}"`)
  return found
}

function valueOf(property: Node): Node {
  const value = property.children?.[1]
  if (value === undefined) throw new DocumentError('has a property without a value')
  return value
}

function kindOf({ type }: Node): string {
  return type === 'array' ? 'an array' : type === 'null' ? 'null' : `a ${type}`
}
