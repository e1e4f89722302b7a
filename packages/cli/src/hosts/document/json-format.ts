import type { Node } from 'jsonc-parser'
import type { ConfigValue } from './document.js'
import { beginsLine, indentationAt } from './text-edit.js'

export interface JsonStyle {
  /** What every line but the first begins with. */
  readonly base: string
  /** One more level of indentation. */
  readonly unit: string
  readonly lineBreak: string
}

/** JSON over several lines, or in one line where no style is given. */
export function formatJson(value: ConfigValue, style?: JsonStyle): string {
  if (style === undefined) return JSON.stringify(value)
  return JSON.stringify(value, null, style.unit).replaceAll('\n', style.lineBreak + style.base)
}

/** How the file indents: what its first indented property has more than the property or file around it. */
export function indentUnitOf(text: string, root: Node | undefined): string {
  const indented = root?.children?.find(({ offset }) => beginsLine(text, offset))
  const indentation = indented === undefined ? '' : indentationAt(text, indented.offset)
  return indentation === '' ? '  ' : indentation
}
