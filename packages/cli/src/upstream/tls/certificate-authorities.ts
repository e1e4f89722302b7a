import { X509Certificate } from 'node:crypto'
import { UsageError } from '../../command/usage-error.js'
import type { NamedFile } from '../named-file.js'

const pemBlock = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g

/**
 * The certificates in a file, as PEM: one or more PEM blocks, among whatever text, or one in DER. Throws a UsageError
 * that names the file.
 */
export function certificatesIn({ name, contents }: NamedFile): readonly string[] {
  const blocks = contents.toString('latin1').match(pemBlock)
  if (blocks) return blocks.map((block, index) => checked(block, name, blocks.length === 1 ? '' : ` ${index + 1}`))
  try {
    return [new X509Certificate(contents).toString()]
  } catch {
    throw new UsageError(
      `${name} holds no certificate; expected PEM text with "-----BEGIN CERTIFICATE-----" (or one certificate in DER)`,
    )
  }
}

function checked(block: string, name: string, number: string): string {
  try {
    return new X509Certificate(block).toString()
  } catch {
    throw new UsageError(`${name} holds a certificate${number} that can't be read; expected PEM text, whole`)
  }
}
