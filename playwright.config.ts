import { defineConfig } from '@playwright/test';

/**
 * Browser tests run against a dashboard that is up already: `npm test` starts one on a free port with fresh data and
 * generous limits. `npm test -- word` runs some of them.
 */
export default defineConfig({
  testDir: 'apps/dashboard/test',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  snapshotPathTemplate: '{testDir}/{testFileDir}/pictures/{arg}{ext}',
  // The dashboard, its database and Chromium share the machine: more workers than this only wait for each other.
  workers: 2,
  fullyParallel: true,
  // A test that passes at the second try has found something; it is not repeated until it stops saying so.
  retries: 0,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [
    ['list'],
    ...(process.env['PLAYWRIGHT_JSON_OUTPUT_FILE'] === undefined
      ? []
      : [['json', { outputFile: process.env['PLAYWRIGHT_JSON_OUTPUT_FILE'] }] as const]),
  ] as ['list'][],
  use: {
    baseURL: process.env['DASHBOARD_URL'] ?? 'http://localhost:3000',
    locale: 'en-GB',
    timezoneId: 'UTC',
    viewport: { width: 1440, height: 900 },
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(process.env['CHROMIUM_PATH'] === undefined ? {} : { executablePath: process.env['CHROMIUM_PATH'] }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        // Plain http is only trusted at localhost: this name has what an address of a LAN has.
        '--host-resolver-rules=MAP panel.test 127.0.0.1',
      ],
    },
  },
});
