import { fileURLToPath } from 'node:url';
import { isCreditsError } from 'realtime-credits';
import { z } from 'zod';
import { makeAdministrator } from './auth/make-administrator.ts';
import { ConfigError, parseConfig } from './config.ts';
import { isDemoEmail } from './demo/users.ts';
import { openConfigured } from './open-configured.ts';

/**
 * `npm run admin -- someone@example.com`: makes an administrator, with the same environment as the dashboard's start. A
 * command of the operator's, since the person who runs it has the database anyway.
 */
const REPOSITORY_DIRECTORY = fileURLToPath(new URL('../../..', import.meta.url));

async function main(): Promise<void> {
  const [address = '', ...others] = process.argv.slice(2);
  const email = z.email().safeParse(address.toLowerCase());
  if (!email.success || others.length > 0)
    throw new ConfigError(['Name one address: npm run admin -- you@example.com']);
  if (isDemoEmail(email.data)) throw new ConfigError(['Demo users are made by DEMO, and by nothing else.']);
  const config = parseConfig(process.env, REPOSITORY_DIRECTORY);
  const database = await openConfigured(config, (message) => console.error(message));
  try {
    const { created, password } = await makeAdministrator(database, email.data);
    console.log(`\n  ${email.data} is an administrator${created ? ', and a new account' : ''}. Password: ${password}`);
    console.log('  It is shown this once. Sign in with it, then change it in the settings.\n');
  } finally {
    await database.close();
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof ConfigError || isCreditsError(error) ? error.message : error);
  process.exitCode = 1;
}
