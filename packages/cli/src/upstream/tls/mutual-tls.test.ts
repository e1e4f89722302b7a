import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { TLSSocket } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import * as pki from '../../testing/certificate-authority.fixture.js'
import { scratchDirectory } from '../../testing/scratch-directory.fixture.js'
import { testCertificate, testKey } from '../../testing/tls-identity.fixture.js'
import { createUpstreamFetch } from '../create-upstream-fetch.js'
import { secureContexts, type TlsSettings } from './secure-contexts.js'

let closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.reverse()) await close()
  closers = []
})

/** Answers with the name in the client's certificate. */
async function serve(options: ServerOptions): Promise<string> {
  const server = createServer(options, (request, response) => {
    const { subject } = request.socket instanceof TLSSocket ? request.socket.getPeerCertificate() : {}
    response.end(subject?.CN ?? 'nobody')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `https://localhost:${(server.address() as AddressInfo).port}`
}

async function ask(url: string, settings: Partial<TlsSettings>, environment: NodeJS.ProcessEnv = {}) {
  const contexts = secureContexts({ origin: url, ...settings }, environment)
  const { fetch, close } = createUpstreamFetch(contexts)
  closers.push(close)
  try {
    return await (await fetch(`${url}/mcp`, { method: 'POST', body: 'x' })).text()
  } catch (error) {
    return (error as Error).cause as { code: string; sent: boolean }
  }
}

const server = { key: pki.serverKey, cert: pki.serverCertificate }
const client = { cert: pki.clientCertificate, key: pki.clientKey }
const certificateAuthorities = [pki.authorityCertificate]

describe('an authority of one’s own', () => {
  it('is trusted when it is given', async () => {
    const url = await serve(server)
    expect(await ask(url, {})).toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', sent: false })
    expect(await ask(url, { certificateAuthorities })).toBe('nobody')
  })

  it('is added to what Node trusts, NODE_EXTRA_CA_CERTS included', async () => {
    const scratch = await scratchDirectory()
    closers.push(scratch.remove)
    const extra = join(scratch.path, 'extra.pem')
    await writeFile(extra, testCertificate)
    const url = await serve({ key: testKey, cert: testCertificate })
    expect(await ask(url, { certificateAuthorities })).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
    // Newer versions of Node say themselves what they trust: there it is Node that has to be given the variable.
    const { getCACertificates } = (await import('node:tls')) as { getCACertificates?: unknown }
    if (getCACertificates) return
    expect(await ask(url, { certificateAuthorities }, { NODE_EXTRA_CA_CERTS: extra })).toBe('nobody')
  })
})

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('a server that wants a certificate (%s)', (maxVersion) => {
  const wanting = { ...server, ca: pki.authorityCertificate, requestCert: true, maxVersion } as const

  it('is shown ours', async () => {
    const url = await serve(wanting)
    expect(await ask(url, { certificateAuthorities, identity: client })).toBe('test client')
  })

  it('is shown the one in a PKCS#12 file', async () => {
    const url = await serve(wanting)
    const identity = { pfx: pki.clientPkcs12, passphrase: 'sesame' }
    expect(await ask(url, { certificateAuthorities, identity })).toBe('test client')
  })

  it('and is another one than it was given for is shown none', async () => {
    const url = await serve({ ...wanting, rejectUnauthorized: false })
    expect(await ask(url, { certificateAuthorities, identity: client, origin: 'https://example.com' })).toBe('nobody')
  })

  it('and gets none has run nothing', async () => {
    const url = await serve(wanting)
    const failure = await ask(url, { certificateAuthorities })
    expect(failure).toMatchObject({ sent: false })
    expect((failure as { code: string }).code).toMatch(/^(EPROTO|ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED)$/)
  })
})
