// Owns: a Chromium whose person has blocked third-party cookies, and with them all storage of frames on other sites, or has allowed both.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium } from 'playwright-core'
import { chromiumPath } from '../require.ts'
import { quiet } from './browser.ts'

/** Opens it with a profile of its own, in which the setting is made as a person makes it. */
export async function openStrictBrowser({ strict = true } = {}): Promise<{ context: BrowserContext; close(): Promise<void> }> {
  if (chromiumPath === undefined) throw new Error('no Chromium')
  const profile = mkdtempSync(join(tmpdir(), 'voila-profile-'))
  mkdirSync(join(profile, 'Default'))
  const preferences = { profile: { cookie_controls_mode: strict ? 1 : 0, block_third_party_cookies: strict } }
  writeFileSync(join(profile, 'Default', 'Preferences'), JSON.stringify(preferences))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath,
    headless: true,
    locale: 'en-GB',
    viewport: { width: 1440, height: 900 },
    args: [...quiet, '--autoplay-policy=no-user-gesture-required'],
  })
  return {
    context,
    async close() {
      await context.close()
      // Its processes write a last time while they end.
      await rm(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    },
  }
}
