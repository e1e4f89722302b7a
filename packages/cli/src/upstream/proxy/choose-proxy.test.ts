import { describe, expect, it } from 'vitest'
import { UsageError } from '../../command/usage-error.js'
import { chooseProxy } from './choose-proxy.js'

const chosen = (url: string, environment: NodeJS.ProcessEnv): string | undefined =>
  chooseProxy(new URL(url), environment)?.url.href

describe('the proxy for an address', () => {
  it.each<[string, NodeJS.ProcessEnv, string | undefined]>([
    ['https://h.example/', {}, undefined],
    ['https://h.example/', { HTTPS_PROXY: 'http://p:1' }, 'http://p:1/'],
    ['https://h.example/', { https_proxy: 'http://p:1', HTTPS_PROXY: 'http://q:1' }, 'http://p:1/'],
    ['https://h.example/', { https_proxy: '', HTTPS_PROXY: 'http://q:1' }, 'http://q:1/'],
    ['https://h.example/', { HTTP_PROXY: 'http://p:1' }, undefined],
    ['http://h.example/', { HTTP_PROXY: 'http://p:1' }, 'http://p:1/'],
    ['http://h.example/', { HTTPS_PROXY: 'http://p:1' }, undefined],
    ['https://h.example/', { ALL_PROXY: 'http://p:1' }, 'http://p:1/'],
    ['http://h.example/', { all_proxy: 'http://p:1', http_proxy: 'http://q:1' }, 'http://q:1/'],
    ['https://h.example/', { HTTPS_PROXY: 'p.example:3128' }, 'http://p.example:3128/'],
    ['https://h.example/', { HTTPS_PROXY: 'https://p:1' }, 'https://p:1/'],
    ['https://h.example/', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'h.example' }, undefined],
    ['https://h.example/', { HTTPS_PROXY: 'http://p:1', no_proxy: 'h.example', NO_PROXY: 'i' }, undefined],
    // A proxy would look for it on its own machine.
    ['http://localhost:3000/', { HTTP_PROXY: 'http://p:1' }, undefined],
    ['https://127.0.0.1/', { HTTPS_PROXY: 'socks5://p:1' }, undefined],
  ])('%s with %j: %s', (url, environment, expected) => {
    expect(chosen(url, environment)).toBe(expected)
  })

  it('is named without its password', () => {
    const proxy = chooseProxy(new URL('https://h.example/'), { HTTPS_PROXY: 'http://me:geheim@p.example:3128' })
    expect([proxy?.name, proxy?.url.password]).toEqual(['p.example:3128', 'geheim'])
  })

  it.each([
    ['socks5://me:geheim@p:1080', 'HTTPS_PROXY is a socks5: address; expected an HTTP proxy'],
    ['http://me:geheim@', 'HTTPS_PROXY is not a URL'],
    ['http://me:geheim@p:99999', 'HTTPS_PROXY is not a URL'],
    ['http://me:geheim%@p:1', 'a % that stands for nothing'],
  ])('refuses %s without repeating it', (value, expected) => {
    let message = ''
    try {
      chosen('https://h.example/', { HTTPS_PROXY: value })
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError)
      ;({ message } = error as Error)
    }
    expect(message).toContain(expected)
    expect(message).not.toContain('geheim')
  })
})
