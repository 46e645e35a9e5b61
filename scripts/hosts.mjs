// `npm run hosts`: what docs/install.md says, done word by word in projects of somebody else, whose types hold, which are
// built, and whose badge is live in a browser: Next (`-- fresh`), Express with its own Drizzle pool (`-- express`), Vite
// with its API there (`-- vite`), React Router 7 on React 18 (`-- react-router`). Then the host without versions (`-- legacy`). Takes some minutes, most of them for npm;
// not part of `npm test`.
import { testExpressHost, withExpressHost } from './hosts/express.mjs';
import { testFreshHosts } from './hosts/fresh.mjs';
import { testLegacyHost } from './hosts/legacy.mjs';
import { must } from './hosts/project.mjs';
import { testReactRouterHost } from './hosts/react-router.mjs';
import { withRegistry } from './hosts/registry.mjs';
import { testViteHost } from './hosts/vite.mjs';
import { ensureChromium } from './setup/chromium.mjs';
import { ensureInstalled } from './setup/install.mjs';
import { runMain } from './setup/step.mjs';

const NAMES = ['fresh', 'react-router', 'express', 'vite', 'legacy'];

await runMain(async () => {
  const [which = 'all', ...words] = process.argv.slice(2);
  must(['all', ...NAMES].includes(which), `There are the hosts ${NAMES.join(', ')}: got ${which}.`);
  /** @param {string} name */
  const isWanted = (name) => which === 'all' || which === name;
  if (which !== 'legacy') {
    console.log('\nReal-Time Credits: hosts, by docs/install.md\n');
    await ensureInstalled();
    const chromium = await ensureChromium();
    await withRegistry(async (registry) => {
      if (isWanted('fresh')) await testFreshHosts(registry, chromium);
      if (isWanted('react-router')) await testReactRouterHost(registry, chromium);
      if (!isWanted('express') && !isWanted('vite')) return;
      await withExpressHost(registry, async (host) => {
        if (isWanted('express')) await testExpressHost(host, chromium);
        if (isWanted('vite')) await testViteHost(host, registry, chromium);
      });
    });
    console.log('\nAll of them are live.');
  }
  return isWanted('legacy') ? testLegacyHost(words) : 0;
});
