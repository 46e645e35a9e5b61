import { once } from 'node:events';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import { openDatabase } from '../../src/ledger/postgres/database.ts';
import { lockDirectory } from '../../src/ledger/directory-lock.ts';

// A process of its own for the tests that kill one. Arguments: `hold <directory>` opens the directory and waits;
// `lock <directory>` only locks it, and says whether it could; `grant <directory>` grants one credit after another, and prints each key once its receipt is there.

const [mode, directory = ''] = process.argv.slice(2);
if (mode === 'lock') {
  const outcome = await lockDirectory(directory).then(
    () => 'locked',
    (error: { code?: string }) => `refused: ${error.code}`,
  );
  process.stdout.write(`${outcome}\n`);
  process.stdin.resume();
  await once(process.stdin, 'end');
  process.exit(0);
}
const database = await openDatabase({ directory });
process.stdout.write('open\n');
if (mode === 'grant') {
  const ledger = await createLedger({ database });
  process.stdout.write('ready\n');
  const grant = async (worker: number): Promise<void> => {
    for (let count = 0; ; count += 1) {
      const idempotencyKey = `${process.pid}-${worker}-${count}`;
      await ledger.grant({ account: 'user', amount: 1, actor: 'user', reason: 'One more', idempotencyKey });
      process.stdout.write(`${idempotencyKey}\n`);
    }
  };
  await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(grant));
}
process.stdin.resume(); // until killed, or until the parent closes its end
process.stdin.once('end', () => {
  void database.close().then(() => process.exit(0));
});
