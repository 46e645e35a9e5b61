import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerDocsRoutes } from '../../server/routes/docs.ts';

let directory: string;
const PAGE = '<script src="a.js"></script><script>dark()</script><code>add http://localhost:3000/r/credits.json</code>';

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'realtime-credits-docs-'));
  mkdirSync(join(directory, 'site/assets'), { recursive: true });
  writeFileSync(join(directory, 'secret.html'), 'secret');
  writeFileSync(join(directory, 'site/.sources'), 'stamp');
  writeFileSync(join(directory, 'site/index.html'), PAGE);
  writeFileSync(join(directory, 'site/install.html'), PAGE);
  writeFileSync(join(directory, 'site/404.html'), 'Not found');
  writeFileSync(join(directory, 'site/install.md'), 'add http://localhost:3000/r/credits.json');
  writeFileSync(join(directory, 'site/scalar.js'), '"http://localhost:3000"');
  writeFileSync(join(directory, 'site/assets/install.abc.js'), '"http://localhost:3000/r/credits.json"');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function open(publicUrl: string | null = null) {
  const app = new Hono();
  registerDocsRoutes(app, { publicUrl, directory: join(directory, 'site') });
  return (path: string, init?: RequestInit) => app.request(`http://panel.example:8080${path}`, init);
}

test.each(['/docs/', '/docs/install', '/docs/install.md', '/docs/assets/install.abc.js'])(
  'commands of %s name the address that the reader is on',
  async (path) => {
    const text = await (await open()(path)).text();
    expect(text).toContain('http://panel.example:8080/r/credits.json');
    expect(text).not.toContain('localhost');
  },
);

test('behind a proxy they name the public address', async () => {
  expect(await (await open('https://panel.example')('/docs/install')).text()).toContain(
    'add https://panel.example/r/credits.json',
  );
});

test('a host that is not plain never reaches the text', async () => {
  const app = new Hono();
  registerDocsRoutes(app, { publicUrl: null, directory: join(directory, 'site') });
  const forged = await app.request('http://a"+alert(1)+"b/docs/assets/install.abc.js');
  expect(await forged.text()).toBe('"http://localhost:3000/r/credits.json"');
});

test('the policy allows the scripts that were built into the page, and no other inline script', async () => {
  const policy = (await open()('/docs/install')).headers.get('content-security-policy') ?? '';
  const [script] = policy.split('; ').filter((directive) => directive.startsWith('script-src'));
  expect(script).toMatch(/^script-src 'self' 'sha256-[A-Za-z0-9+/]{43}='$/);
});

test('built files are kept for ever, pages are asked for again, and an unchanged page is not sent again', async () => {
  const request = open();
  expect((await request('/docs/assets/install.abc.js')).headers.get('cache-control')).toContain('immutable');
  const page = await request('/docs/install');
  expect(page.headers.get('cache-control')).toBe('no-cache');
  const again = await request('/docs/install', { headers: { 'if-none-match': page.headers.get('etag') ?? '' } });
  expect([again.status, await again.text()]).toEqual([304, '']);
});

test('each kind of file has its type', async () => {
  const request = open();
  const types = ['/docs/install', '/docs/install.md', '/docs/scalar.js'].map(async (path) =>
    (await request(path)).headers.get('content-type'),
  );
  expect(await Promise.all(types)).toEqual([
    'text/html; charset=utf-8',
    'text/markdown; charset=utf-8',
    'text/javascript; charset=utf-8',
  ]);
});

test('the address without a slash leads to the front page', async () => {
  const response = await open()('/docs');
  expect([response.status, response.headers.get('location')]).toEqual([308, '/docs/']);
});

test.each([
  '/docs/nowhere',
  '/docs/.sources',
  '/docs/..%2fsecret',
  '/docs/..%2fsecret.html',
  '/docs/%2e%2e/secret.html',
  '/docs/..%5csecret.html',
])('%s is not found, and says so as a page', async (path) => {
  const response = await open()(path);
  expect(response.status).toBe(404);
  expect(await response.text()).not.toMatch(/secret|stamp/);
});
