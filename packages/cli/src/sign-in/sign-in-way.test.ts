import { describe, expect, it } from 'vitest'
import { type SignInCircumstances, signInWay } from './sign-in-way.js'

type Row = readonly [platform: NodeJS.Platform, environment: Record<string, string>, withoutCode: 'browser' | 'none']

const machines: readonly Row[] = [
  ['linux', { DISPLAY: ':0' }, 'browser'],
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, 'browser'],
  ['linux', {}, 'none'],
  ['linux', { DISPLAY: '' }, 'none'],
  ['linux', { BROWSER: '/opt/remote/open-here' }, 'browser'],
  ['linux', { SSH_CONNECTION: '1 2 3 4' }, 'none'],
  ['linux', { SSH_CONNECTION: '1 2 3 4', DISPLAY: 'localhost:10.0' }, 'browser'],
  ['linux', { WSL_DISTRO_NAME: 'Debian' }, 'browser'],
  ['linux', { WSL_INTEROP: '/run/WSL/8_interop' }, 'browser'],
  ['linux', { WSL_DISTRO_NAME: 'Debian', SSH_TTY: '/dev/pts/1' }, 'none'],
  ['freebsd', {}, 'none'],
  ['darwin', {}, 'browser'],
  ['darwin', { SSH_CONNECTION: '1 2 3 4' }, 'none'],
  ['darwin', { SSH_TTY: '/dev/ttys001', BROWSER: 'open-there' }, 'browser'],
  ['win32', {}, 'browser'],
  ['win32', { SSH_CONNECTION: '1 2 3 4' }, 'none'],
]

const nothingSaid = { browser: undefined, deviceCode: undefined }

describe('how the user is asked', () => {
  it.each(machines)('on %s with %j: %s', (platform, environment, expected) => {
    const machine = { platform, environment, ...nothingSaid }
    expect(signInWay({ ...machine, deviceCodeOffered: false })).toBe(expected)
    // A code is for those who have no browser.
    expect(signInWay({ ...machine, deviceCodeOffered: true })).toBe(expected === 'none' ? 'device-code' : expected)
  })

  const said: readonly (readonly [Partial<SignInCircumstances>, ReturnType<typeof signInWay>])[] = [
    [{ browser: true }, 'browser'],
    [{ browser: false }, 'print'],
    [{ deviceCode: true }, 'device-code'],
    [{ deviceCode: true, deviceCodeOffered: false }, 'device-code'],
    [{ deviceCode: true, browser: true }, 'device-code'],
    [{ deviceCode: false }, 'none'],
  ]

  it.each(said)('what the user says comes first: %j is %s', (wish, expected) => {
    const machine = { platform: 'linux', environment: {}, ...nothingSaid, deviceCodeOffered: true } as const
    expect(signInWay({ ...machine, ...wish })).toBe(expected)
  })
})
