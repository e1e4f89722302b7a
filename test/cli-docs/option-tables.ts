import { optionGroups, type BridgeOption, type OptionTable } from '../../packages/cli/src/options/option.js'
import { sentence } from './sentence.js'

/** The options as Markdown, a table for each group. `withoutKey` are those that the configuration file does not take. */
export function optionTables(table: OptionTable, withoutKey: OptionTable): string {
  const sections = optionGroups.map((group) => {
    const rows = [...rowsOf(withoutKey, group, () => '–'), ...rowsOf(table, group, (key) => code(key))]
    if (rows.length === 0) return ''
    const head = `| option | variable | in the file | meaning |\n| --- | --- | --- | --- |`
    return [...(group === 'Options' ? [] : [`### ${group}`]), `${head}\n${rows.join('\n')}`].join('\n\n')
  })
  return sections.filter((section) => section !== '').join('\n\n')
}

function rowsOf(table: OptionTable, group: string, keyText: (key: string) => string): string[] {
  return Object.entries(table)
    .filter(([, option]) => option.group === group)
    .map(([key, option]) => `| ${[flagText(option), code(option.variable), keyText(key), text(option)].join(' | ')} |`)
}

function flagText({ flag, placeholder }: BridgeOption): string {
  return code(placeholder === undefined || flag === placeholder ? flag : `${flag} ${placeholder}`)
}

function text(option: BridgeOption): string {
  return sentence(option).replaceAll(/[|\\*_<>]/g, String.raw`\$&`)
}

function code(name: string): string {
  return `\`${name}\``
}
