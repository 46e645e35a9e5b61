/** What the practice route is asked to do; it moves credits between the user and a practice account of their own. */
export interface Practice {
  effect: 'spend' | 'grant' | 'set';
  amount: number;
  reason: string;
  /** The server says no. */
  refuse?: boolean;
  /** The server takes its time, in milliseconds. */
  delay_ms?: number;
}

/** What the route answers when it has done it, with the balance that the user has now. */
export interface PracticeDone {
  success: true;
  data: { new_balance: number };
}

/** Why it did not: in the words of dashboards (`message`), or as a problem (`detail`, RFC 9457). */
interface PracticeRefused {
  success?: false;
  message?: string;
  detail?: string;
}

/** Reads what the route answered; a refusal always has a message. */
export async function readPracticeAnswer(
  response: Response,
): Promise<PracticeDone | { success: false; message: string }> {
  const answer = (await response.json()) as PracticeDone | PracticeRefused;
  if (answer.success === true) return answer;
  return { success: false, message: answer.message ?? answer.detail ?? `The server answered ${response.status}.` };
}

/** Sends one practice command. */
export function sendPractice(
  practice: Practice,
  { headers, signal }: { headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Response> {
  return fetch('/api/examples/credits', {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/json' },
    body: JSON.stringify(practice),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Stands between a request and the network, and breaks it in one particular way. */
export type Fault = (send: () => Promise<Response>) => Promise<Response>;

export const noFault: Fault = (send) => send();

/** What `fetch` says when the line is dead. */
function fail(): Promise<never> {
  return Promise.reject(new TypeError('Failed to fetch'));
}

/** The first attempt never leaves the browser. */
export function loseRequestOnce(): Fault {
  let lost = false;
  return (send) => {
    if (lost) return send();
    lost = true;
    return fail();
  };
}

/** The first attempt reaches the server, which does what it was asked; its answer never comes back. */
export function loseAnswerOnce(): Fault {
  let lost = false;
  return async (send) => {
    const response = await send();
    if (lost) return response;
    lost = true;
    return fail();
  };
}

/** Nothing leaves the browser for this long, in milliseconds. */
export function beOffline(durationMs: number): Fault {
  const until = performance.now() + durationMs;
  return (send) => (performance.now() < until ? fail() : send());
}

/** No attempt ever leaves the browser. */
export const loseForGood: Fault = fail;
