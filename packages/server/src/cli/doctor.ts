import { DATABASE_OPTIONS, JSON_OPTION } from './arguments.ts';
import { EXIT, usageError, type Command, type CommandContext } from './command.ts';
import { findPlace } from './connect.ts';
import { checkDirectory } from './doctor-directory.ts';
import { checkServer } from './doctor-server.ts';
import { checkStream } from './doctor-stream.ts';

/** What one look found. `warn` works and is worth knowing; `fail` does not work. */
export interface Finding {
  status: 'ok' | 'warn' | 'fail';
  /** What was looked at, in a word or two. */
  about: string;
  /** A sentence; of what is not ok, with what to do. */
  message: string;
}

export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'checks Node, the database, and the stream of a running dashboard',
  usage: 'doctor [options]',
  details: `Changes no table. Looks at what is named: a database, a dashboard, or both. The stream is open to signed-in users
only: give the headers of a session, such as --header "Cookie: session=…".`,
  options: {
    ...DATABASE_OPTIONS,
    url: { type: 'string', value: 'origin', help: 'A running dashboard, as browsers reach it.' },
    header: { type: 'string', multiple: true, value: 'name: value', help: 'Sent to the dashboard; may be repeated.' },
    ...JSON_OPTION,
  },
  positionalsMax: 0,
  async run(context) {
    const { values, terminal } = context;
    const findings: Finding[] = [];
    const note = async (finding: Finding): Promise<void> => {
      findings.push(finding);
      if (values['json'] !== true) {
        await terminal.write(`${finding.status.padEnd(4)}  ${finding.about}: ${finding.message}\n`);
      }
    };
    for await (const finding of examine(context)) await note(finding);
    const ok = findings.every(({ status }) => status !== 'fail');
    if (values['json'] === true) await terminal.write(`${JSON.stringify({ ok, findings })}\n`);
    return ok ? EXIT.ok : EXIT.found;
  },
};

async function* examine(context: CommandContext): AsyncGenerator<Finding> {
  const { values, environment } = context;
  const origin = typeof values['url'] === 'string' ? parseOrigin(values['url']) : null;
  const headers = parseHeaders(values['header']);
  const named = [values['database'], environment['DATABASE_URL'], environment['DATA_DIR']].some(Boolean);
  if (!named && origin === null) throw usageError('Name a database, a dashboard (--url), or both.');
  const place = named ? findPlace(context) : null;

  yield checkNode(process.versions.node);
  if (place !== null) {
    yield { status: 'ok', about: 'configuration', message: `the database is ${place.name}, as ${place.from} says.` };
    if (place.from === 'DATABASE_URL' && environment['DATA_DIR'] !== undefined) {
      const message =
        'DATABASE_URL and DATA_DIR are both set: the first one counts, and no directory is used for credits.';
      yield { status: 'warn', about: 'configuration', message };
    }
    if ('url' in place.options) yield* checkServer(place.options.url);
    else yield* checkDirectory(place.options.directory);
  }
  if (origin !== null) yield* checkStream(origin, headers);
}

/** The oldest Node that the package runs on: `engines` of its package.json. */
const NODE_MIN = [20, 19] as const;

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNew = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1]);
  if (isNew) return { status: 'ok', about: 'Node', message: `${version}.` };
  return { status: 'fail', about: 'Node', message: `${version} is too old: install ${NODE_MIN.join('.')} or newer.` };
}

function parseOrigin(text: string): string {
  try {
    const url = new URL(text);
    if (url.protocol === 'http:' || url.protocol === 'https:') return url.origin;
  } catch {
    // said below
  }
  throw usageError(`--url must look like https://panel.example.com: got "${text}".`);
}

function parseHeaders(value: unknown): Record<string, string> {
  const lines = Array.isArray(value) ? value.map(String) : [];
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      const name = line.slice(0, Math.max(colon, 0)).trim();
      if (!/^[\w-]+$/.test(name)) throw usageError('--header must look like "Cookie: session=…".');
      return [name.toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}
