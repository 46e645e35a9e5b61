// Records two tabs of one person, side by side, as an animated picture: what one of them does, both show.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureProgram } from './debian.mjs';
import { run } from './step.mjs';

/** @typedef {import('@playwright/test').Page} Page */

const SIZE = { width: 660, height: 430 };
/** So long a picture stays, in milliseconds: a change is followed picture by picture, and then looked at. */
const STILL_MS = 1_600;
const CHANGE_MS = 2_200;

/** @param {string[]} pictures - Data URLs, one for each tab. @param {'light' | 'dark'} theme */
function layOut(pictures, theme) {
  const [ground, edge] = theme === 'light' ? ['#e4e4e7', '#a1a1aa'] : ['#27272a', '#52525b'];
  const tabs = pictures.map((picture) => `<img src="${picture}" style="border:1px solid ${edge};border-radius:8px">`);
  return `<body style="margin:0;padding:16px;display:flex;gap:16px;background:${ground}">${tabs.join('')}</body>`;
}

/**
 * @param {import('@playwright/test').Browser} browser
 * @param {{ url: string, session: import('@playwright/test').BrowserContextOptions['storageState'], theme: 'light' | 'dark', path: string }} options
 */
export async function recordTwoTabs(browser, { url, session, theme, path }) {
  const img2webp = await ensureProgram('img2webp', 'webp');
  const directory = mkdtempSync(join(tmpdir(), 'realtime-credits-recording-'));
  const context = await browser.newContext({
    baseURL: url,
    colorScheme: theme,
    viewport: SIZE,
    locale: 'en-GB',
    timezoneId: 'UTC',
    ...(session === undefined ? {} : { storageState: session }),
  });
  const stage = await browser.newPage({ viewport: { width: 2 * SIZE.width + 52, height: SIZE.height + 36 } });
  /** @type {{ pictures: string[], atMs: number }[]} */
  const taken = [];
  try {
    const tabs = [await context.newPage(), await context.newPage()];
    await tabs[0]?.goto('/earn');
    await tabs[1]?.goto('/');
    await Promise.all(tabs.map((tab) => tab.waitForTimeout(2_500)));
    const take = async () => {
      const atMs = performance.now();
      const pictures = await Promise.all(tabs.map((tab) => tab.screenshot({ type: 'jpeg', quality: 95 })));
      taken.push({ pictures: pictures.map((picture) => `data:image/jpeg;base64,${picture.toString('base64')}`), atMs });
    };
    const follow = async () => {
      for (const until = performance.now() + CHANGE_MS; performance.now() < until;) await take();
    };
    await take();
    await tabs[0]
      ?.getByRole('button', { name: /^Claim/ })
      .first()
      .click();
    await follow();

    /** @type {string[]} */
    const frames = [];
    for (const [index, { pictures, atMs }] of taken.entries()) {
      await stage.setContent(layOut(pictures, theme));
      const file = join(directory, `${String(index).padStart(3, '0')}.png`);
      writeFileSync(file, await stage.screenshot());
      const nextMs = taken[index + 1]?.atMs ?? atMs + STILL_MS;
      const durationMs = index === 0 ? STILL_MS : Math.max(20, Math.round(nextMs - atMs));
      frames.push('-d', String(durationMs), file);
    }
    await run(img2webp, ['-loop', '0', '-lossy', '-q', '70', '-m', '6', ...frames, '-o', path]);
  } finally {
    await context.close();
    await stage.close();
    rmSync(directory, { recursive: true, force: true });
  }
}
