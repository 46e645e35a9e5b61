// `npm run hosts -- legacy`: the scenarios of the design document in a browser, on a host that is not ours and knows no
// versions. Its tests are in test/hosts/legacy/test. Builds, so it takes minutes; not part of `npm test`.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensurePackagesBuilt } from '../setup/build.mjs';
import { ensureChromium } from '../setup/chromium.mjs';
import { ensureInstalled, ROOT } from '../setup/install.mjs';
import { ensureLegacyHostBuilt, LEGACY_HOST, startLegacyHost } from '../setup/legacy-host.mjs';
import { step } from '../setup/step.mjs';

/** @param {string[]} words - For the test runner: a part of a file's name, or its own options. @returns {Promise<number>} Its exit code. */
export async function testLegacyHost(words) {
  console.log('\nReal-Time Credits: the host without versions\n');
  await ensureInstalled();
  await ensurePackagesBuilt();
  await ensureLegacyHostBuilt();
  const chromium = await ensureChromium();
  const host = await step('start the legacy host', startLegacyHost);
  console.log('');
  try {
    const cli = join(ROOT, 'node_modules/@playwright/test/cli.js');
    const child = spawn(process.execPath, [cli, 'test', '-c', join(LEGACY_HOST, 'test'), ...words], {
      cwd: ROOT,
      env: { ...process.env, HOST_URL: host.url, CHROMIUM_PATH: chromium },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => resolve(code ?? 1));
    });
  } finally {
    host.stop();
  }
}
