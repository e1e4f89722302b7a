import { applyChange, showChange } from './apply-change.js'
import type { HostsContext } from './context.js'
import type { ConfigDocument } from './document/document.js'
import { isSame } from './document/is-same.js'
import { withFileLock } from './file/file-lock.js'
import { refuseReadOnly } from './file/write-config-file.js'
import { isSamePlace, type WrappedEntry, WrapRecords } from './file/wrap-record.js'
import { findHost } from './find-host.js'
import { HostFileError } from './host-file-error.js'
import { locate } from './locate.js'
import { naming, openConfig, openText, type OpenedConfig } from './opened-config.js'
import { isWanted, refuseUnknownNames, refuseWithoutAnswer, type WrapRequest } from './wrap-entries.js'

/**
 * `mcp-tether unwrap`: brings back the entries that `wrap` has replaced, to the letter. An entry that has been changed
 * since is left alone, and is the error at the end: what a person wrote is not overridden on a guess.
 */
export async function unwrapEntries(request: WrapRequest, context: HostsContext): Promise<void> {
  const host = findHost(request.host)
  refuseWithoutAnswer('unwrap', request, context)
  const config = await openConfig(host, await locate(host, request, context.machine))
  refuseUnknownNames(request.names, config)
  const records = new WrapRecords(context.recordDirectory, config.file.target)
  const all = await records.read()
  const asked = all.filter(
    ({ section, name }) =>
      isSame(section, config.place.section) && (request.names.length === 0 || request.names.includes(name)),
  )
  if (asked.length === 0) {
    throw new HostFileError(
      `${config.place.path} has no entries that wrap has made; mcp-tether remove ${host.id} <name> removes others`,
    )
  }
  const { text, restored, settled, refused } = await plan(config, asked, records)
  const forget = async (): Promise<void> => {
    const done = [...restored, ...settled]
    const kept = (await records.read()).filter((entry) => !done.some((each) => isSamePlace(each, entry)))
    await records.write(kept)
  }
  for (const line of refused.slice(1)) context.tell(line)
  if (restored.length > 0) {
    if (!request.print) refuseReadOnly(config.file)
    if (!(await isWanted(await showChange(config, text), request, context))) return
    const names = restored.map(({ name }) => name).join(', ')
    await applyChange(config, { text, done: `restored ${names} in ${host.title}`, after: forget }, context)
  } else if (!request.print) await withFileLock(config.file, context.recordDirectory, forget)
  for (const { name } of settled) context.tell(`${name} is as it was before wrap already`)
  const [first] = refused
  if (first !== undefined) throw new HostFileError(first)
}

interface Plan {
  readonly text: string
  readonly restored: readonly WrappedEntry[]
  /** Already as they were. */
  readonly settled: readonly WrappedEntry[]
  readonly refused: readonly string[]
}

async function plan(
  { host, place, file, document: first }: OpenedConfig,
  asked: readonly WrappedEntry[],
  records: WrapRecords,
): Promise<Plan> {
  const restored: WrappedEntry[] = []
  const settled: WrappedEntry[] = []
  const refused: string[] = []
  let { text } = file
  let document: ConfigDocument = first
  for (const entry of asked) {
    const { name, original, wrapped } = entry
    const current = document.entries.find((each) => each.name === name)
    if (current === undefined) {
      refused.push(`"${name}" is not in ${place.path} any more; its original is kept in ${records.path}`)
      continue
    }
    if (current.text === original) {
      settled.push(entry)
      continue
    }
    if (!isSame(current.value, wrapped)) {
      refused.push(
        `"${name}" in ${place.path} was changed after wrap, so it is left alone; ` +
          `undo that change, or copy the original from ${records.path}`,
      )
      continue
    }
    const opened = document
    text = await naming(place.path, () => opened.restore(name, original))
    document = await openText(host, place, text)
    restored.push(entry)
  }
  return { text, restored, settled, refused }
}
