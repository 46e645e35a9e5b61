import { defineConfig } from '@playwright/test';
import base from '../../../../playwright.config.ts';

/** The same browser, machine and time-outs as the dashboard's tests; the host is at `HOST_URL`. */
export default defineConfig(base, {
  testDir: '.',
  outputDir: 'test-results',
  use: { baseURL: process.env['HOST_URL'] ?? 'http://127.0.0.1:3000' },
});
