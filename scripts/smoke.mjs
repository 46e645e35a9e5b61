// The README's first command, as a stranger would run it: `npm start` on an empty data directory until a person can
// sign in and has a balance, Ctrl-C, and the same again with the data of before.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from './setup/dashboard.mjs';
import { ROOT } from './setup/install.mjs';
import { formatSeconds, runMain, step, StepFailure } from './setup/step.mjs';

/** Installing and building from nothing, on a slow machine. */
const FIRST_START_MS_MAX = 15 * 60_000;
/** A start with nothing to build. */
const SECOND_START_MS_MAX = 60_000;
/** What the operator is promised. */
const STOP_MS_MAX = 3_000;

/** @param {unknown} condition @param {string} message @returns {asserts condition} */
function expect(condition, message) {
  if (!condition) throw new StepFailure(message);
}

/** @param {string} dataDirectory @param {number} startMsMax */
async function start(dataDirectory, startMsMax) {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn('npm', ['start'], {
    cwd: ROOT,
    env: { ...process.env, PORT: String(port), DATA_DIR: dataDirectory },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  process.once('exit', () => child.kill('SIGTERM'));
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));

  const deadline = performance.now() + startMsMax;
  while (!(await isHealthy(url))) {
    expect(child.exitCode === null, `${output}\n\nnpm start ended with code ${child.exitCode}.`);
    expect(performance.now() < deadline, `${output}\n\nnpm start did not answer in ${startMsMax / 1000} s.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const stop = async () => {
    const since = performance.now();
    child.kill('SIGTERM');
    const code = await ended;
    return { code, ms: Math.round(performance.now() - since) };
  };
  return { url, stop, output: () => output };
}

/** @param {string} url */
async function isHealthy(url) {
  const answer = await fetch(`${url}/api/health/ready`, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
  return answer?.ok === true;
}

/** Signs in as the demo user that the start printed, and reads the balance. @param {string} url @param {string} output */
async function readBalance(url, output) {
  const email = /\S+@demo\.test/.exec(output)?.[0];
  const password = /password\W+(\S+)/i.exec(output)?.[1];
  expect(email !== undefined && password !== undefined, `The start printed no credentials:\n${output}`);
  const signIn = await fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ email, password }),
  });
  const signedIn = await signIn.text();
  expect(signIn.ok, `Signing in as ${email} was answered ${signIn.status}: ${signedIn}`);
  const cookie = signIn.headers
    .getSetCookie()
    .map((value) => value.split(';')[0])
    .join('; ');
  const answer = await fetch(`${url}/api/user/me`, { headers: { cookie } });
  const me = await answer.text();
  expect(answer.ok, `GET /api/user/me was answered ${answer.status}: ${me}`);
  const { user, snapshot } = JSON.parse(me);
  expect(Number.isSafeInteger(user.coins), `${email} has no balance: ${JSON.stringify(user)}`);
  const page = await fetch(url, { headers: { cookie } });
  expect(page.status === 200 && (await page.text()).includes('<html'), `The first page was answered ${page.status}.`);
  return { email, coins: user.coins, epoch: snapshot.epoch, version: snapshot.version };
}

await runMain(async () => {
  const directory = mkdtempSync(join(tmpdir(), 'realtime-credits-start-'));
  console.log('\nReal-Time Credits: npm start, twice\n');
  try {
    const seen = /** @type {Awaited<ReturnType<typeof readBalance>>[]} */ ([]);
    for (const [name, startMsMax] of /** @type {const} */ ([
      ['first start', FIRST_START_MS_MAX],
      ['second start', SECOND_START_MS_MAX],
    ])) {
      await step(name, async (report) => {
        const since = performance.now();
        const server = await start(directory, startMsMax);
        const startedAfter = formatSeconds(since);
        try {
          seen.push(await readBalance(server.url, server.output()));
        } finally {
          const { code, ms } = await server.stop();
          expect(code === 0, `${server.output()}\n\nSIGTERM ended npm start with ${code}, not with 0.`);
          expect(ms < STOP_MS_MAX, `Stopping took ${ms} ms; it may take ${STOP_MS_MAX}.`);
          report(`up after ${startedAfter}, ${seen.at(-1)?.coins} credits read, stopped in ${ms} ms`);
        }
      });
    }
    expect(
      JSON.stringify(seen[0]) === JSON.stringify(seen[1]),
      `The second start found other data:\n${JSON.stringify(seen[0])}\n${JSON.stringify(seen[1])}`,
    );
    console.log('\nThe second start found the data of the first.');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
