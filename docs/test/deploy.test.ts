import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../apps/dashboard/server/config.ts';

// Docker is no part of the tests: what these files name must exist, and the settings that they pass must be accepted.

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Service {
  environment: Record<string, string>;
  volumes?: string[];
  build?: { context: string; dockerfile: string };
}

const compose = parse(read('deploy/compose.yaml')) as { services: Record<string, Service>; volumes: object };

/** Every variable that the dashboard reads. */
const SETTINGS = [...read('apps/dashboard/server/config.ts').matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(
  ([, name]) => name,
);
/** What the image needs beside them, for Next. */
const OTHERS = ['NODE_ENV', 'NEXT_TELEMETRY_DISABLED'];

function environmentOf(service: string): Record<string, string> {
  const found = compose.services[service];
  if (found === undefined) throw new Error(`There is no service ${service}.`);
  return found.environment;
}

/** Fills variables in as compose does. */
function fill(text: string, values: Record<string, string>): string {
  return text.replaceAll(/\$\{([A-Z_]+)(?::-([^}]*)|:\?[^}]*)?\}/g, (_all, name: string, fallback = '') =>
    values[name] === undefined || values[name] === '' ? String(fallback) : values[name],
  );
}

test('every setting of compose and Dockerfile is one that the dashboard reads', () => {
  const dockerfile = /^ENV (.+)$/m.exec(read('deploy/Dockerfile'))?.[1] ?? '';
  const inImage = dockerfile.split(' ').map((pair) => pair.split('=')[0] ?? '');
  for (const name of [...inImage, ...Object.keys(environmentOf('dashboard'))]) {
    expect([...SETTINGS, ...OTHERS]).toContain(name);
  }
});

test('the dashboard accepts what compose passes: published, without demo users, on Postgres', () => {
  const filled = { DOMAIN: 'panel.example.com', POSTGRES_PASSWORD: 'abc123' };
  const environment = Object.fromEntries(
    Object.entries(environmentOf('dashboard')).map(([name, value]) => [name, fill(value, filled)]),
  );
  expect(parseConfig({ ...environment, HOST: '0.0.0.0', NODE_ENV: 'production' }, '/app')).toMatchObject({
    publicUrl: 'https://panel.example.com',
    trustProxy: true,
    demo: false,
    reachable: true,
    database: { kind: 'postgres', url: 'postgres://dashboard:abc123@postgres/dashboard' },
    logLevel: 'info',
    metricsToken: null,
  });
});

test('what compose asks of its environment is in env.example, and no more', () => {
  const namesIn = (path: string, pattern: RegExp) => new Set([...read(path).matchAll(pattern)].map(([, name]) => name));
  const asked = namesIn('deploy/compose.yaml', /\$\{([A-Z_]+)/g);
  expect(namesIn('deploy/env.example', /^([A-Z_]+)=/gm)).toEqual(asked);
});

test('files and services that are named exist', () => {
  const caddyfile = read('deploy/Caddyfile');
  const [, upstream = '', port] = /reverse_proxy ([a-z]+):(\d+)/.exec(caddyfile) ?? [];
  expect(Object.keys(compose.services)).toContain(upstream);
  expect(read('deploy/Dockerfile')).toContain(`PORT=${port}`);
  for (const [, name = ''] of caddyfile.matchAll(/\{\$([A-Z_]+)\}/g))
    expect(environmentOf('caddy')).toHaveProperty(name);
  const volumes = Object.values(compose.services).flatMap((service) => service.volumes ?? []);
  const sources = volumes.map((volume) => volume.split(':')[0] ?? '');
  const exists = (source: string): boolean =>
    source.startsWith('./') ? existsSync(join(ROOT, 'deploy', source)) : source in compose.volumes;
  expect(sources.filter((source) => !exists(source))).toEqual([]);
  expect(
    existsSync(join(ROOT, 'deploy', compose.services['dashboard']?.build?.context ?? '', 'deploy/Dockerfile')),
  ).toBe(true);
});

test('the image starts what npm start starts, from a script that exists, without being root', () => {
  const dockerfile = read('deploy/Dockerfile');
  const command = JSON.parse(/^CMD (\[.+\])$/m.exec(dockerfile)?.[1] ?? '[]') as string[];
  expect(command.slice(1)).toEqual(['--import', 'tsx', 'server/main.ts']);
  expect(existsSync(join(ROOT, 'apps/dashboard', command.at(-1) ?? ''))).toBe(true);
  expect(dockerfile).toMatch(/^USER node$/m);
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  expect(scripts).toHaveProperty('build');
  const major = Number(/^FROM node:(\d+)/m.exec(dockerfile)?.[1]);
  expect(major).toBeGreaterThanOrEqual(20);
});

test('every setting is documented', () => {
  const documented = read('docs/operating.md');
  const missing = SETTINGS.filter((name) => name !== 'NODE_ENV' && !documented.includes(`\`${name}\``));
  expect(missing).toEqual([]);
});
