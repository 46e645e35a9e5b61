/**
 * All benches, one after the other, each in a process of its own: `npm run bench -w packages/server`.
 *
 * `-- --quick` takes about two minutes and says nothing to be quoted; `-- ledger streams push` picks some.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const BENCHES = ['ledger', 'streams', 'push'];

const words = process.argv.slice(2);
const options = words.filter((word) => word.startsWith('--'));
const picked = words.filter((word) => !word.startsWith('--'));
const unknown = [...options.filter((word) => word !== '--quick'), ...picked.filter((word) => !BENCHES.includes(word))];
if (unknown.length > 0) {
  process.stderr.write(`There is no ${unknown.join(', ')}: use --quick, and ${BENCHES.join(', ')}.\n`);
  process.exit(1);
}
for (const bench of BENCHES.filter((name) => picked.length === 0 || picked.includes(name))) {
  const child = spawn(process.execPath, [...process.execArgv, join(import.meta.dirname, `${bench}.ts`), ...options], {
    stdio: 'inherit',
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) process.exitCode = 1;
  process.stdout.write('\n');
}
