import { describe, expect, it } from 'vitest'
import { headerSecrets, redact, urlSecrets } from './redact.js'

const megabyte = 1024 * 1024

describe('redact', () => {
  it.each([
    ['one letter', 'x'.repeat(megabyte)],
    ['letters only', 'abcdefghijk'.repeat(megabyte / 11)],
    ['letters and hyphens', 'ab-'.repeat(megabyte / 3)],
    ['token upon token', 'a1b2c3d4e5f6g7h8 '.repeat(megabyte / 17)],
  ])('takes no time over a megabyte of %s', (_name, text) => {
    const begin = performance.now()
    const shown = redact(text, ['geheim-geheim'])
    expect(performance.now() - begin).toBeLessThan(1000)
    expect(shown).toContain('[masked]')
    expect(shown.length).toBeLessThan(300)
  })

  it('masks what looks like an id, and leaves words', () => {
    expect(redact('Session 6f1c7c1e-7a1d-4d4e-9f53-0a2f3c4b5d6e not found by StreamableHTTPSessionManager')).toBe(
      'Session [masked] not found by StreamableHTTPSessionManager',
    )
    expect(redact(`no ${'qwertzui'.repeat(5)}`)).toBe('no [masked]')
  })

  it('masks a secret that a cut goes through', () => {
    const secret = 'open-sesame'
    for (let before = 1000; before < 1040; before++) {
      // What is masked before the cut makes the text shorter, and brings the place of the cut into view.
      const text = `${'longlong '.repeat(200).slice(0, before)}${secret} and more`
      expect(redact(text, ['longlong ', secret])).not.toMatch(/open|sesame/)
    }
  })

  it('masks the half of a token that a cut leaves', () => {
    const shown = redact(`${'t0ken'.repeat(200)} abcdefghijklmnopqrstuvw1234567890`)
    expect(shown).toBe('[masked] [masked]')
  })

  it('masks the longer of two secrets whole', () => {
    expect(redact('for Bearer abcd-efgh!', ['abcd', 'Bearer abcd-efgh'])).toBe('for [masked]!')
  })
})

describe('the secrets of a bridge', () => {
  it('are every value of its headers and every word in it', () => {
    const headers = new Headers({
      accept: 'application/json',
      authorization: 'Bearer short1',
      'x-key': 'k-42',
      cookie: 'session=abc123; theme=dark',
    })
    const text = redact('bad session: short1, k-42, abc123 (application/json, Bearer)', headerSecrets(headers))
    expect(text).toBe('bad session: [masked], [masked], [masked] (application/json, Bearer)')
  })

  it('are what the query of its address holds, and the keys in its path', () => {
    const url = new URL('https://h/api/s/OGE5ZmY0NzAtZjE2/mcp?api_key=p%40ss!&x=1')
    const text = redact('no p@ss! p%40ss! at /api/s/OGE5ZmY0NzAtZjE2/mcp?api_key=p%40ss!', urlSecrets(url))
    expect(text).toBe('no [masked] [masked] at /api/s/[masked]/mcp?[masked]')
  })
})
