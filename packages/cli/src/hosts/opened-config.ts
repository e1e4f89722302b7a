import { type ConfigDocument, DocumentError } from './document/document.js'
import { openDocument } from './document/open-document.js'
import { type ConfigFile, readConfigFile } from './file/config-file.js'
import { HostFileError } from './host-file-error.js'
import type { Host } from './host.js'
import type { Place } from './locate.js'

/** A host's configuration, read and understood. */
export interface OpenedConfig {
  readonly host: Host
  readonly place: Place
  readonly file: ConfigFile
  readonly document: ConfigDocument
}

/** Throws a HostFileError. */
export async function openConfig(host: Host, place: Place): Promise<OpenedConfig> {
  const file = await readConfigFile(place.path)
  return { host, place, file, document: await openText(host, place, file.text) }
}

/** Opens a text as if it stood in that place. */
export function openText(host: Host, { path, section }: Place, text: string): Promise<ConfigDocument> {
  return naming(path, () => openDocument(host.format, text, section))
}

/** Runs what may throw a DocumentError, which knows no file. */
export async function naming<Result>(path: string, action: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await action()
  } catch (error) {
    if (error instanceof DocumentError) throw new HostFileError(`${path} ${error.message}`)
    throw error
  }
}
