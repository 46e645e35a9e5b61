import { connect } from 'node:tls';
import { CREDITS_PATH, CREDITS_ROUTES } from 'realtime-credits/contract';
import type { Finding } from './doctor.ts';

/** How long the browser's client waits for the first event before it polls instead. */
const FIRST_EVENT_MS_MAX = 5_000;

/** Milliseconds for an answer to begin. */
const ANSWER_MS_MAX = 10_000;

/** Looks at the event stream of a running dashboard, through whatever proxies are between it and here. */
export async function* checkStream(
  origin: string,
  headers: Record<string, string>,
  { answerMsMax = ANSWER_MS_MAX, firstEventMsMax = FIRST_EVENT_MS_MAX } = {},
): AsyncGenerator<Finding> {
  const url = `${origin}${CREDITS_PATH}${CREDITS_ROUTES.stream}`;
  const aborter = new AbortController();
  const limit = setTimeout(() => aborter.abort(), answerMsMax);
  let response;
  try {
    response = await fetch(url, { headers, signal: aborter.signal, redirect: 'manual' });
  } catch (error) {
    clearTimeout(limit);
    const message = aborter.signal.aborted
      ? `${url} does not begin to answer within ${answerMsMax / 1_000} s: a proxy may be collecting the answer. Switch its buffering off for this path.`
      : `${url} cannot be reached (${reasonOf(error)}).`;
    yield { status: 'fail', about: 'stream', message };
    return;
  }
  clearTimeout(limit);
  try {
    const refusal = judgeStatus(response);
    if (refusal !== null) {
      yield refusal;
      return;
    }
    yield* checkHeaders(response.headers);
    yield await checkFirstEvent(response, aborter, firstEventMsMax);
  } finally {
    aborter.abort();
  }
  yield await checkProtocol(new URL(origin));
}

function judgeStatus({ status, headers }: Response): Finding | null {
  const about = 'stream';
  if (status === 401 || status === 403) {
    const message = `the dashboard answers ${status}: give the headers of a session, such as --header "Cookie: …".`;
    return { status: 'warn', about, message };
  }
  const type = headers.get('content-type') ?? 'nothing';
  if (status === 200 && type.startsWith('text/event-stream')) return null;
  const isElsewhere = status >= 300 && status < 400;
  const answer = isElsewhere ? `sends to ${headers.get('location') ?? 'elsewhere'}` : `answers ${status} with ${type}`;
  return {
    status: 'fail',
    about,
    message: `the dashboard ${answer} in place of an event stream: is the handler at ${CREDITS_PATH}?`,
  };
}

function* checkHeaders(headers: Headers): Generator<Finding> {
  const about = 'stream headers';
  const encoding = headers.get('content-encoding');
  let isFine = true;
  if (encoding !== null && encoding !== 'identity') {
    isFine = false;
    const message = `a proxy compresses the stream (${encoding}), which collects events: except text/event-stream from it.`;
    yield { status: 'warn', about, message };
  }
  if (!/no-transform|no-store/.test(headers.get('cache-control') ?? '')) {
    isFine = false;
    const message = 'a proxy removed Cache-Control. Others may now store or change the stream: pass it on.';
    yield { status: 'warn', about, message };
  }
  if (isFine) yield { status: 'ok', about, message: 'neither compressed nor stored on the way.' };
}

async function checkFirstEvent(response: Response, aborter: AbortController, msMax: number): Promise<Finding> {
  const about = 'stream';
  const sinceMs = performance.now();
  const limit = setTimeout(() => aborter.abort(), msMax);
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const bytes of response.body ?? []) {
      text += decoder.decode(bytes, { stream: true });
      if (!/^event: ?\w/m.test(text) || !/\r?\n\r?\n/.test(text)) continue;
      const ms = Math.round(performance.now() - sinceMs);
      return {
        status: 'ok',
        about,
        message: `the first event arrived ${ms} ms after the headers: nothing holds it back.`,
      };
    }
  } catch (error) {
    if (!aborter.signal.aborted) {
      return { status: 'fail', about, message: `it broke off before its first event (${reasonOf(error)}).` };
    }
    const message =
      `no event within ${msMax / 1_000} s: a proxy holds it back, and clients poll. Switch buffering off ` +
      'for this path: nginx does so for X-Accel-Buffering: no, unless it is told to ignore it.';
    return { status: 'fail', about, message };
  } finally {
    clearTimeout(limit);
  }
  return { status: 'fail', about, message: 'it ended before its first event.' };
}

async function checkProtocol(url: URL): Promise<Finding> {
  const about = 'HTTP version';
  const plain = 'HTTP/1.1 is enough: a browser holds one stream, however many tabs it has.';
  if (url.protocol === 'http:') return { status: 'ok', about, message: `no TLS, so HTTP/1.1. ${plain}` };
  const chosen = await new Promise<string>((resolve) => {
    const socket = connect(
      {
        host: url.hostname,
        port: Number(url.port || 443),
        servername: url.hostname,
        ALPNProtocols: ['h2', 'http/1.1'],
      },
      () => {
        resolve(socket.alpnProtocol === 'h2' ? 'h2' : 'http/1.1');
        socket.end();
      },
    );
    socket.once('error', () => resolve('unknown'));
    socket.setTimeout(ANSWER_MS_MAX, () => socket.destroy(new Error('timeout')));
  });
  if (chosen === 'h2') return { status: 'ok', about, message: 'HTTP/2.' };
  return { status: 'ok', about, message: plain };
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
}
