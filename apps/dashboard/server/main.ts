import { fileURLToPath } from 'node:url';
import { ConfigError, parseConfig } from './config.ts';
import { StartError, startServer } from './start.ts';

/**
 * The process: reads the environment, starts, prints where, stops on a signal.
 */
// Next would print a notice at every first start; who runs this did not ask for it.
process.env['NEXT_TELEMETRY_DISABLED'] ??= '1';

const REPOSITORY_DIRECTORY = fileURLToPath(new URL('../../..', import.meta.url));

function warn(message: string, cause: unknown): void {
  console.error(message, cause);
}

async function main(): Promise<void> {
  const config = parseConfig(process.env, REPOSITORY_DIRECTORY);
  let stop: (() => Promise<void>) | null = null;
  let stopping = false;
  const handleSignal = (signal: NodeJS.Signals) => {
    if (stopping) {
      console.error('Stopped at once, as asked a second time.');
      process.exit(1);
    }
    stopping = true;
    if (stop === null) process.exit(0);
    console.log(`\n${signal}: saying goodbye.`);
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        warn('The stop failed.', error);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', handleSignal);
  process.on('SIGTERM', handleSignal);

  const server = await startServer(config, warn);
  stop = server.stop;
  console.log(`\n  The dashboard is at ${config.publicUrl ?? server.url}`);
  const { demo, provisioner } = server.dashboard.runtime.facts;
  if (demo !== null) {
    console.log(`\n  Demo users, password ${demo.password}`);
    for (const user of demo.users) console.log(`    ${user.email.padEnd(20)} ${user.label}`);
  }
  if (provisioner === 'simulator') console.log('\n  Servers are simulated: no panel is configured.');
  console.log('');
}

try {
  await main();
} catch (error) {
  if (error instanceof ConfigError || error instanceof StartError) console.error(error.message);
  else console.error(error);
  process.exit(1);
}
