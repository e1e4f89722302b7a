import { accessSync, constants } from 'node:fs'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'

const path = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'

/** Whether this machine has to have it (`MCP_TETHER_REQUIRE`, a list with commas). */
const isRequired = (process.env.MCP_TETHER_REQUIRE ?? '').split(',').includes('chromium')

/** Why the tests in Chromium are left out; `undefined` also where they must run, so that they fail if they can't. */
export const whyNoChromium =
  isRequired || isExecutable() ? undefined : `there is no Chromium at ${path} (CHROMIUM_PATH)`

function isExecutable(): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: path,
    headless: true,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync'],
    ],
  })
}
