import puppeteer from 'puppeteer-core';
import type { BrowserDriver } from './driver.ts';

/** Firefox over WebDriver BiDi, or Chromium over its own protocol. */
export async function openWithPuppeteer(browser: 'firefox' | 'chrome', executablePath: string): Promise<BrowserDriver> {
  const args = browser === 'chrome' ? ['--no-sandbox', '--disable-gpu'] : [];
  const opened = await puppeteer.launch({
    browser,
    executablePath,
    headless: true,
    args,
    defaultViewport: { width: 1440, height: 900 },
  });
  return {
    async newTab() {
      const page = await opened.newPage();
      return {
        goto: async (url) => void (await page.goto(url)),
        read: (expression) => page.evaluate(expression),
        click: (selector) => page.click(selector),
        type: (selector, text) => page.type(selector, text),
        close: () => page.close(),
      };
    },
    close: () => opened.close(),
  };
}
