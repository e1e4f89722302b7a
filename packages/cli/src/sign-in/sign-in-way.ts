/** How the user is asked. */
export type SignInWay = 'browser' | 'print' | 'device-code' | 'none'

export interface SignInCircumstances {
  readonly platform: NodeJS.Platform
  readonly environment: Readonly<Record<string, string | undefined>>
  /** `--browser`: true, `--no-browser`: false. */
  readonly browser: boolean | undefined
  /** `--device-code`: true, `--no-device-code`: false. */
  readonly deviceCode: boolean | undefined
  /** Whether the authorization server has a device authorization endpoint. */
  readonly deviceCodeOffered: boolean
}

/** A browser where there is one; else the code, where that is offered. What the user says comes first. */
export function signInWay(circumstances: SignInCircumstances): SignInWay {
  const { browser, deviceCode, deviceCodeOffered } = circumstances
  if (deviceCode === true) return 'device-code'
  if (browser !== undefined) return browser ? 'browser' : 'print'
  if (hasBrowser(circumstances)) return 'browser'
  return deviceCodeOffered && deviceCode !== false ? 'device-code' : 'none'
}

/** Whether this process can show its user a browser. */
function hasBrowser({ platform, environment }: Pick<SignInCircumstances, 'platform' | 'environment'>): boolean {
  const has = (name: string): boolean => (environment[name] ?? '') !== ''
  // Set by whoever knows how to show one from afar: remote development, test rigs.
  if (has('BROWSER')) return true
  const isRemote = has('SSH_CONNECTION') || has('SSH_TTY')
  if (platform === 'darwin' || platform === 'win32') return !isRemote
  // An X display that is forwarded counts; WSL opens the browser of Windows.
  return has('DISPLAY') || has('WAYLAND_DISPLAY') || (!isRemote && (has('WSL_DISTRO_NAME') || has('WSL_INTEROP')))
}
