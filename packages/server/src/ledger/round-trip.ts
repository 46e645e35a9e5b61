import type { ClientBase } from 'pg';

/** What each statement of a round trip answers, in order; null where there was none. */
export type Answers<T extends readonly unknown[]> = {
  -readonly [K in keyof T]: T[K] extends (() => Promise<infer Answer>) | null ? Answer | Extract<T[K], null> : never;
};

/**
 * Runs statements in order: sent together where the connection pipelines, so that they cost one wait; one after the
 * other where it does not.
 *
 * Waits for all that were sent, also when one fails: a client that goes back to its pool with statements under way would
 * answer them to somebody else. Throws the first failure.
 */
export async function roundTrip<const T extends readonly ((() => Promise<unknown>) | null)[]>(
  client: ClientBase,
  statements: T,
): Promise<Answers<T>> {
  const answers: unknown[] = [];
  if ('pipeline' in client && client.pipeline) {
    const sent = together(client, () => statements.map((statement) => statement?.() ?? Promise.resolve(null)));
    await Promise.allSettled(sent);
    answers.push(...(await Promise.all(sent)));
  } else {
    for (const statement of statements) answers.push((await statement?.()) ?? null);
  }
  return answers as Answers<T>;
}

/**
 * Sends what `send` sends as one piece: each statement alone is a system call of its own, which wakes the server for less
 * than it could do.
 */
function together<T>(client: ClientBase, send: () => T): T {
  // Not in the client's types. Without it everything works the same, in more pieces.
  const { stream } =
    (client as { connection?: { stream?: { cork?: () => void; uncork?: () => void } } }).connection ?? {};
  stream?.cork?.();
  try {
    return send();
  } finally {
    stream?.uncork?.();
  }
}
