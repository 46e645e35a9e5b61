import type { Trouble } from './world';

/**
 * How a path answers one player, until told otherwise. `delay`: half of it before the request is dealt with, half after.
 * `hold-request` and `hold-answer`: until released, before and after it is dealt with. `hang`: never. `lose-request`: the
 * connection dies before. `lose-answer`: after, in the middle of the answer. `lose-connection`: after, and before the
 * first byte of the answer. `bad-gateway`: a proxy's page. `say`: these words, and nothing is dealt with.
 */
export type Behaviour =
  | { how: Manner }
  | { how: 'delay'; ms: number }
  | { how: 'say'; status: number; body: unknown; times: number };

export type Manner =
  | 'pass'
  | 'fail'
  | 'bad-gateway'
  | 'hang'
  | 'hold-request'
  | 'hold-answer'
  | 'lose-request'
  | 'lose-answer'
  | 'lose-connection';

const BAD_GATEWAY = '<!doctype html><title>502 Bad Gateway</title><h1>502 Bad Gateway</h1><hr>nginx';

/** Deals with a request as the path behaves by now. @param deal - What the host would do with it. */
export async function behave(
  trouble: Trouble,
  request: Request,
  path: string,
  deal: () => Promise<Response>,
): Promise<Response> {
  const behaviour = trouble.behaviours.get(path) ?? { how: 'pass' };
  switch (behaviour.how) {
    case 'pass':
      return deal();
    case 'fail':
      return Response.json({ success: false, message: 'Internal server error' }, { status: 500 });
    case 'bad-gateway':
      return new Response(BAD_GATEWAY, { status: 502, headers: { 'content-type': 'text/html' } });
    case 'lose-request':
      return breakOff('');
    case 'lose-answer':
      await deal();
      return breakOff('{"success":');
    case 'lose-connection':
      await deal();
      return breakOff('');
    case 'hang':
      await hold(trouble, path, request.signal);
      return breakOff('');
    case 'hold-request':
      await hold(trouble, path, request.signal);
      return deal();
    case 'hold-answer': {
      const answer = await deal();
      await hold(trouble, path, request.signal);
      return answer;
    }
    case 'delay': {
      await sleep(behaviour.ms / 2);
      const answer = await deal();
      await sleep(behaviour.ms / 2);
      return answer;
    }
    case 'say':
      behaviour.times -= 1;
      if (behaviour.times <= 0) trouble.behaviours.delete(path);
      return Response.json(behaviour.body, { status: behaviour.status });
  }
}

/** Lets everything go on that is held at a path. Returns how many requests those were. */
export function release(trouble: Trouble, path: string): number {
  const held = trouble.held.get(path) ?? new Set();
  trouble.held.delete(path);
  for (const goOn of held) goOn();
  return held.size;
}

/** A request that its sender has aborted is held no longer. */
function hold(trouble: Trouble, path: string, signal: AbortSignal): Promise<void> {
  const held = trouble.held.get(path) ?? new Set();
  trouble.held.set(path, held);
  return new Promise((resolve) => {
    held.add(resolve);
    signal.addEventListener('abort', () => {
      held.delete(resolve);
      resolve();
    });
  });
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The connection dies after this much of the answer. */
function breakOff(begun: string): Response {
  let sent = false;
  const body = new ReadableStream({
    pull(controller) {
      if (sent || begun === '') return controller.error(new Error('The connection is to be lost.'));
      controller.enqueue(new TextEncoder().encode(begun));
      sent = true;
    },
  });
  return new Response(body, { headers: { 'content-type': 'application/json', 'content-length': '100' } });
}
