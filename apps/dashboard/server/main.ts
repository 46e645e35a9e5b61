import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { groupFaults } from 'realtime-credits-server';
import { ConfigError, parseConfig, type Config } from './config.ts';
import { DEMO_USERS } from './demo/users.ts';
import { createLog, redirectConsole } from './log.ts';
import { StartError, startServer, type RunningServer } from './start.ts';

/**
 * The process: reads the environment, starts, prints where, stops on a signal.
 */
// Next would print a notice at every first start; who runs this did not ask for it.
process.env['NEXT_TELEMETRY_DISABLED'] ??= '1';

const REPOSITORY_DIRECTORY = fileURLToPath(new URL('../../..', import.meta.url));

async function main(): Promise<void> {
  const config = parseConfig(process.env, REPOSITORY_DIRECTORY);
  const log = createLog(config.logLevel);
  const warn = groupFaults(log.warn);
  // While developing, what Next and the code print is easier to read as it is.
  if (config.production) redirectConsole({ ...log, warn });
  let stop: (() => Promise<void>) | null = null;
  let stopping = false;
  const handleSignal = (signal: NodeJS.Signals) => {
    if (stopping) {
      log.info('Stopped at once, as asked a second time.');
      process.exit(1);
    }
    stopping = true;
    if (stop === null) process.exit(0);
    log.info(`${signal}: stopping.`);
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.warn('The stop failed.', error);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', handleSignal);
  process.on('SIGTERM', handleSignal);

  const server = await startServer(config, { info: log.info, warn });
  stop = server.stop;
  print(`\n  The dashboard is at ${config.publicUrl ?? server.url}`);
  const { provisioner } = server.dashboard.runtime.facts;
  for (const line of describeDemo(config, server)) print(line);
  if (config.mail === null) print('\n  Messages to people are shown here, and on the admin page: no SMTP_URL is set.');
  if (provisioner === 'simulator') print('\n  Servers are simulated: no panel is configured.');
  print('');
  log.info('Ready.');
}

/** For the person who started it. Events are in the log. */
function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The password goes behind a `#`, which browsers send to no server. */
function describeDemo(config: Config, { url, dashboard }: RunningServer): string[] {
  const { demoPassword: password } = dashboard;
  if (password === null) return [];
  const users = DEMO_USERS.map(({ email, label }) => `    ${email.padEnd(20)} ${label}`);
  // Who set it knows it, and logs are read by others.
  if (config.demoPassword !== null) return ['\n  Demo users, with the password of DEMO_PASSWORD', ...users];
  return [
    `\n  Demo users, password ${password}`,
    ...users,
    '\n  The sign-in page fills it in when it is opened by',
    `    ${config.publicUrl ?? url}/sign-in#demo=${password}`,
  ];
}

try {
  await main();
} catch (error) {
  if (error instanceof ConfigError || error instanceof StartError) process.stderr.write(`${error.message}\n`);
  else process.stderr.write(`${inspect(error)}\n`);
  process.exit(1);
}
