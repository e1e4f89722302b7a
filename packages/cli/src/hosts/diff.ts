import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff'
import { printable } from '../log/printable.js'
import { maskSecrets } from './secrets.js'

/** What will change in a file, as a unified diff without secrets. */
export function describeChange(
  path: string,
  { before, after, secrets }: { before: string; after: string; secrets: readonly string[] },
): string {
  const lines = (text: string): string => maskSecrets(text.replaceAll('\r\n', '\n'), secrets)
  const name = printable(path, 500)
  return createTwoFilesPatch(name, name, lines(before), lines(after), undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  })
}
