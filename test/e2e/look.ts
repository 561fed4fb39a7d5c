// Owns: how a screen is looked at: at both widths, light and dark, judged by axe, and kept as pictures for a person to open.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import AxeBuilder from '@axe-core/playwright'
import type { Page } from 'playwright-core'

const artifacts = fileURLToPath(new URL('artifacts', import.meta.url))
const sizes = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
] as const
const schemes = ['light', 'dark'] as const

/** What fades in or out is half seen, and is not judged then; what turns for ever is. */
const untilStill = (page: Page): Promise<unknown> =>
  page.evaluate(() => {
    const passing = document.getAnimations().filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime))
    return Promise.allSettled(passing.map(({ finished }) => finished)).then(() => undefined)
  })

/** Whole pages take longer to draw than to judge: `VOILA_TEST_PICTURES=off` where nobody opens them. */
const pictures = process.env.VOILA_TEST_PICTURES !== 'off'

/** What axe finds serious or critical, wherever it is found. */
export type Violation = { where: string; id: string; nodes: string[] }

/**
 * Looks at the screen as it is, in every size and scheme, and leaves it as it was. Writes `<name>-<width>-<scheme>.png` into the folder of
 * artifacts, which git ignores.
 *
 * @param options.settle  waits until the screen is as it should be after a change of size
 * @param options.whole  takes the picture of the whole page rather than of the first screenful
 */
export async function look(
  page: Page,
  name: string,
  { settle = () => page.waitForTimeout(250), whole = true }: { settle?: () => Promise<unknown>; whole?: boolean } = {},
): Promise<Violation[]> {
  mkdirSync(artifacts, { recursive: true })
  const before = page.viewportSize()
  const found: Violation[] = []
  for (const size of sizes) {
    await page.setViewportSize(size)
    for (const scheme of schemes) {
      await page.emulateMedia({ colorScheme: scheme })
      await settle()
      await untilStill(page)
      const path = join(artifacts, `${name}-${size.width}-${scheme}.png`)
      if (pictures) await page.screenshot({ path, fullPage: whole, animations: 'disabled' })
      // What stands in a frame is a page of its own, and looked at as one.
      const { violations } = await new AxeBuilder({ page }).exclude('iframe').analyze()
      const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      found.push(
        ...grave.map(({ id, nodes }) => ({
          where: `${name}, ${size.width}, ${scheme}`,
          id,
          nodes: nodes.map(({ target, html }) => `${target.join(' ')}: ${html.slice(0, 160)}`),
        })),
      )
    }
  }
  await page.emulateMedia({ colorScheme: 'light' })
  if (before !== null) await page.setViewportSize(before)
  return found
}

/** Keeps one picture of the screen as it is, for what a failure left behind. */
export async function keep(page: Page, name: string): Promise<void> {
  mkdirSync(artifacts, { recursive: true })
  await page.screenshot({ path: join(artifacts, `${name}.png`) })
}

/** Whether the page is wider than its window: then a person on a phone has to push it about. */
export function overflows(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth + 1)
}
