import { resolve } from 'node:path'
import type { BridgeOption, OptionTexts } from '../option.js'
import { refuse } from './refuse.js'
import { textOption } from './text-option.js'

/** A file. A relative path starts from the working directory, in the configuration file from that file's. */
export function pathOption(texts: OptionTexts): BridgeOption<string> {
  return textOption({
    ...texts,
    placeholder: '<file>',
    schema: { minLength: 1 },
    read(given, input) {
      return given.trim() === '' || given.includes('\0')
        ? refuse(given, 'the path of a file', input)
        : resolve(input.directory, given)
    },
  })
}
