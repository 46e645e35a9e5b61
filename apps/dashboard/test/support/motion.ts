import type { Page } from '@playwright/test';

/** Counts, from now on, the animations of the header's display that move or scale, and those that never end. */
export async function watchMotion(page: Page): Promise<() => Promise<{ swells: number; endless: number }>> {
  await page.evaluate(() => {
    const host = window as unknown as { swells: number };
    host.swells = 0;
    const animate = Element.prototype.animate;
    Element.prototype.animate = function (this: Element, ...args: Parameters<typeof animate>) {
      const frames = JSON.stringify(args[0] ?? null);
      if (this.closest('header [data-variant="prominent"]') !== null && frames.includes('scale')) host.swells += 1;
      return animate.apply(this, args);
    };
  });
  return () =>
    page.evaluate(() => ({
      swells: (window as unknown as { swells: number }).swells,
      endless:
        document
          .querySelector('header [data-variant="prominent"]')
          ?.getAnimations({ subtree: true })
          .filter((animation) => animation.effect?.getComputedTiming().endTime === Number.POSITIVE_INFINITY).length ??
        0,
    }));
}
