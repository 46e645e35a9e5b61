import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerRegistryRoutes } from '../../server/routes/registry.ts';

let directory: string;
const item = { name: 'credits', dependencies: ['realtime-credits@0.1.0', 'zustand@^5.0.0'], files: [] };

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'realtime-credits-registry-'));
  writeFileSync(join(directory, 'credits.json'), JSON.stringify(item));
  writeFileSync(join(directory, 'registry.json'), JSON.stringify({ name: 'realtime-credits', items: [item] }));
  writeFileSync(join(directory, 'realtime-credits-0.1.0.tgz'), 'packed');
  writeFileSync(join(directory, 'credits-balance.js'), 'register();');
  writeFileSync(join(directory, '.sources'), 'secret');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function open(publicUrl: string | null = null) {
  const app = new Hono();
  registerRegistryRoutes(app, { publicUrl, directory });
  return (path: string, init?: RequestInit) => app.request(`http://panel.example:8080${path}`, init);
}

test('an item names the package at the address that it was asked at', async () => {
  const response = await open()('/r/credits.json');
  expect(await response.json()).toEqual({
    ...item,
    dependencies: ['http://panel.example:8080/r/realtime-credits-0.1.0.tgz', 'zustand@^5.0.0'],
  });
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
});

test('an item names the items that it builds on at the address that it was asked at', async () => {
  const names = ['/r/credits.json', 'https://elsewhere.example/r/button.json'];
  writeFileSync(join(directory, 'credits-activity.json'), JSON.stringify({ ...item, registryDependencies: names }));
  const response = await open()('/r/credits-activity.json');
  expect(await response.json()).toMatchObject({
    registryDependencies: ['http://panel.example:8080/r/credits.json', 'https://elsewhere.example/r/button.json'],
  });
});

test('behind a proxy it names the address that people use', async () => {
  const response = await open('https://panel.example')('/r/registry.json');
  expect(await response.json()).toMatchObject({
    items: [{ dependencies: ['https://panel.example/r/realtime-credits-0.1.0.tgz', 'zustand@^5.0.0'] }],
  });
});

test('the package itself is there', async () => {
  const response = await open()('/r/realtime-credits-0.1.0.tgz');
  expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
    200,
    'application/gzip',
    'packed',
  ]);
});

test('the element’s script may be loaded by pages of other origins, and is sent once', async () => {
  const request = open();
  const response = await request('/r/credits-balance.js');
  expect([response.status, await response.text()]).toEqual([200, 'register();']);
  expect(response.headers.get('content-type')).toMatch(/^text\/javascript/);
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(response.headers.get('cache-control')).toContain('max-age=600');
  const tag = response.headers.get('etag') ?? '';
  const again = await request('/r/credits-balance.js', { headers: { 'if-none-match': `W/${tag}` } });
  expect([again.status, await again.text()]).toEqual([304, '']);
  const other = await request('/r/credits-balance.js', { headers: { 'if-none-match': '"other"' } });
  expect(other.status).toBe(200);
});

test.each([
  '/r/unknown.json',
  '/r/unknown.js',
  '/r/realtime-credits-9.9.9.tgz',
  '/r/.sources',
  '/r/..%2f..%2fpackage.json',
  '/r/',
])('%s is not found', async (path) => {
  expect((await open()(path)).status).toBe(404);
});
