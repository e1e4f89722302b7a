import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import { UsageError } from '../../command/usage-error.js'
import type { NamedFile } from '../named-file.js'
import { certificatesIn } from './certificate-authorities.js'

/** What `--cert`, `--key` and `--key-passphrase` hold. */
export interface GivenIdentity {
  readonly cert?: NamedFile | undefined
  readonly key?: NamedFile | undefined
  readonly passphrase?: string | undefined
}

const passphraseAdvice = "give its passphrase with --key-passphrase '${NAME}' or @FILE"

/**
 * The certificate that the client shows to a server that asks for one (RFC 8446, 4.3.2), checked: the key must be its
 * own. PEM (the key may be in the certificate's file), or PKCS#12 with both. Throws a UsageError that names the file and
 * contains nothing of it.
 */
export function clientIdentity({ cert, key, passphrase }: GivenIdentity): SecureContextOptions | undefined {
  if (!cert) {
    if (key) throw new UsageError(`${key.name} is a key without a certificate; give that with --cert`)
    if (passphrase !== undefined) throw new UsageError('--key-passphrase was given without --cert; give that too')
    return undefined
  }
  if (!isPem(cert)) return fromPkcs12(cert, key, passphrase)
  if (!key && !/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(cert.contents.toString('latin1'))) {
    throw new UsageError(`${cert.name} is a certificate without its private key; give that with --key`)
  }
  const chain = certificatesIn(cert)
  const privateKey = readKey(key ?? cert, passphrase)
  if (!new X509Certificate(chain[0] ?? '').checkPrivateKey(privateKey)) {
    throw new UsageError(`${(key ?? cert).name} is not the key of the certificate in ${cert.name}; expected its own`)
  }
  return { cert: chain.join('\n'), key: privateKey.export({ type: 'pkcs8', format: 'pem' }) }
}

function isPem({ contents }: NamedFile): boolean {
  return contents.includes('-----BEGIN ')
}

function readKey({ name, contents }: NamedFile, passphrase: string | undefined): KeyObject {
  const text = contents.toString('latin1')
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
    throw new UsageError(`${name} holds no private key; expected PEM text with "-----BEGIN PRIVATE KEY-----"`)
  }
  const encrypted = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text)
  if (encrypted && passphrase === undefined) throw new UsageError(`${name} is encrypted; ${passphraseAdvice}`)
  try {
    return createPrivateKey({ key: contents, ...(passphrase === undefined ? {} : { passphrase }) })
  } catch {
    throw new UsageError(
      encrypted
        ? `${name} can't be decrypted with the passphrase given; check --key-passphrase`
        : `${name} holds a private key that can't be read; expected PEM text, whole`,
    )
  }
}

function fromPkcs12(cert: NamedFile, key: NamedFile | undefined, passphrase: string | undefined): SecureContextOptions {
  if (key) throw new UsageError(`${key.name}: ${cert.name} is no PEM text; expected PEM with --key, or PKCS#12 alone`)
  const options = { pfx: cert.contents, ...(passphrase === undefined ? {} : { passphrase }) }
  try {
    createSecureContext(options)
    return options
  } catch (error) {
    const { message } = error as Error
    if (/mac verify failure/i.test(message)) {
      throw new UsageError(
        passphrase === undefined
          ? `${cert.name} is encrypted; ${passphraseAdvice}`
          : `${cert.name} can't be decrypted with the passphrase given; check --key-passphrase`,
      )
    }
    if (/unsupported/i.test(message)) {
      throw new UsageError(`${cert.name} is encrypted in an outdated way; make it anew: openssl pkcs12 -export`)
    }
    throw new UsageError(`${cert.name} holds no certificate; expected PEM text, or PKCS#12 (.p12, .pfx)`)
  }
}
