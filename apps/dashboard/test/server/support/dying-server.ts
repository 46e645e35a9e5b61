// Passwords are hashed as in the process that runs the tests, which signs in again after the kill.
import '../../../../../scripts/setup/test-passwords.mjs';
import { openEmbedded } from 'realtime-credits-server/embedded';
import { parseConfig } from '../../../server/config.ts';
import { createDashboard } from '../../../server/dashboard.ts';
import { SPARK } from './order.ts';

/**
 * A process of its own for tests that kill it: the dashboard on a data directory and a panel, ordering one server for
 * a user that it registers. The test that runs it ends it.
 */
const [directory = '', email = '', password = '', operationId = ''] = process.argv.slice(2);
const config = parseConfig(process.env, directory);
const database = await openEmbedded({ directory: `${directory}/database` });
const dashboard = await createDashboard({
  config,
  database,
  localUrl: 'http://dashboard.localhost',
  onWarning: (message, cause) => console.error(message, cause),
});

async function send(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return dashboard.fetch(
    new Request(`http://dashboard.localhost${path}`, {
      method: 'POST',
      headers: { origin: 'http://dashboard.localhost', 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    }),
  );
}

await send('/api/auth/sign-up/email', { email, password, name: 'Mara', username: 'mara' });
const signedIn = await send('/api/auth/sign-in/email', { email, password });
const { user } = (await signedIn.json()) as { user: { id: string } };
const cookie = signedIn.headers
  .getSetCookie()
  .map((line) => line.split(';')[0])
  .join('; ');
await dashboard.ledger.grant({
  account: user.id,
  amount: 100,
  idempotencyKey: 'begin',
  actor: 'system:test',
  reason: 'To begin with',
});
await send('/api/servers/create', SPARK, { cookie, 'idempotency-key': operationId });
