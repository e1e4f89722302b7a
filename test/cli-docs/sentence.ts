import type { BridgeOption } from '../../packages/cli/src/options/option.js'

/** An option's help as a sentence, with its default. */
export function sentence(option: BridgeOption): string {
  const text = `${option.help.charAt(0).toUpperCase()}${option.help.slice(1)}.`
  return option.default === undefined ? text : `${text} Default: ${option.default}.`
}
