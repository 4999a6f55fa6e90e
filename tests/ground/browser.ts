import { chromium, type Browser } from 'playwright-core'
import { chromiumPath } from './ground.ts'

/** A headless Chromium that keeps to itself: no sandbox (tests run as root), no calls home. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
