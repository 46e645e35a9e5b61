// `npm run admin -- someone@example.com`: makes an administrator of the dashboard, with the environment of `npm start`. The
// embedded database is for one process: stop the dashboard first.
import { spawn } from 'node:child_process';
import { DASHBOARD, ensurePackageBuilt } from './setup/build.mjs';
import { ensureInstalled } from './setup/install.mjs';
import { runMain } from './setup/step.mjs';

await runMain(async () => {
  await ensureInstalled();
  await ensurePackageBuilt();
  const args = ['--import', 'tsx', 'server/admin-command.ts', ...process.argv.slice(2)];
  const child = spawn(process.execPath, args, { cwd: DASHBOARD, stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
});
