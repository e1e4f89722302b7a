import { type ConfigDocument, DocumentError } from './document.js'
import { isSame } from './is-same.js'

/** How a host's configuration is written. */
export type ConfigFormat = 'json' | 'toml'

/**
 * Opens the servers' part of a configuration file. Every change is read back before it is handed out, and refused if
 * anything but the one entry has come out different: a file that we understand in part only is left alone.
 *
 * @throws DocumentError
 */
export async function openDocument(
  format: ConfigFormat,
  text: string,
  section: readonly string[],
): Promise<ConfigDocument> {
  const open = await opener(format)
  const document = open(text, section)
  const checked = (changed: string, name: string, expected: unknown): string => {
    const before = valuesOf(document)
    const after = valuesOf(open(changed, section))
    const isAsExpected = expected === undefined ? !after.has(name) : isSame(after.get(name), expected)
    before.delete(name)
    after.delete(name)
    if (!isAsExpected || !isSame([...before], [...after])) {
      throw new DocumentError(`is laid out in a way in which "${name}" can't be changed safely; change it by hand`)
    }
    return changed
  }
  return {
    entries: document.entries,
    insert: (name, value) => checked(document.insert(name, value), name, value),
    replace: (name, value) => checked(document.replace(name, value), name, value),
    restore(name, original) {
      const changed = document.restore(name, original)
      return checked(changed, name, valuesOf(open(changed, section)).get(name) ?? null)
    },
    remove: (name) => checked(document.remove(name), name, undefined),
  }
}

async function opener(format: ConfigFormat): Promise<(text: string, section: readonly string[]) => ConfigDocument> {
  if (format === 'toml') {
    const { openTomlDocument } = await import('./toml-document.js')
    return (text, section) => openTomlDocument(text, section[0] ?? '')
  }
  return (await import('./json-document.js')).openJsonDocument
}

function valuesOf(document: ConfigDocument): Map<string, unknown> {
  return new Map(document.entries.map(({ name, value }) => [name, value]))
}
