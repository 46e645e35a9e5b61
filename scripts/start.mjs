// `npm start`: everything that it takes to have a running dashboard, then the dashboard, in the foreground.
// `npm run build`: only what it takes, for an image that starts later.
// `npm run dev`: the same for people who change the code, with hot reload and without a build of the dashboard.
//
// package.json calls this with `exec`: npm passes SIGTERM to the shell that it starts, and without `exec` the shell would
// end and leave the server behind.
import { ensureDashboardBuilt, ensureDocsBuilt, ensurePackagesBuilt, ensureRegistryBuilt } from './setup/build.mjs';
import { spawnDashboard } from './setup/dashboard.mjs';
import { ensureInstalled } from './setup/install.mjs';
import { runMain } from './setup/step.mjs';

/** One Ctrl-C arrives twice, from the terminal and from npm. Two within this time are one; a later one means it. */
const SAME_SIGNAL_MS = 500;

await runMain(async () => {
  const isDevelopment = process.argv.includes('--dev');
  console.log(isDevelopment ? '\nReal-Time Credits, in development\n' : '\nReal-Time Credits\n');
  await ensureInstalled();
  await ensurePackagesBuilt();
  await ensureRegistryBuilt();
  await ensureDocsBuilt();
  if (!isDevelopment) await ensureDashboardBuilt();
  console.log('');
  if (process.argv.includes('--build')) return 0;

  const env = { ...process.env, NODE_ENV: isDevelopment ? 'development' : 'production', NEXT_TELEMETRY_DISABLED: '1' };
  const child = spawnDashboard(env, ['ignore', 'inherit', 'inherit']);
  let passedOnAt = Number.NEGATIVE_INFINITY;
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      if (performance.now() - passedOnAt < SAME_SIGNAL_MS) return;
      passedOnAt = performance.now();
      child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
    });
  }
  process.once('exit', () => child.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
});
