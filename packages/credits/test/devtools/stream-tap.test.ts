import { expect, test } from 'vitest';
import { tapStream, type Verdict } from '../../src/devtools/stream-tap.ts';

const snapshot = (version: number): string => `event: snapshot\nid: e.${version}\ndata: {}`;
const HEARTBEAT = 'event: heartbeat\ndata: {}';

/** A server's stream, the tap in its middle, and what a reader got so far. */
function openTap(judge: (isSnapshot: boolean) => Verdict = () => 'pass', passed: string[] = []) {
  let server: ReadableStreamDefaultController<Uint8Array> | undefined;
  let cancelled = false;
  let ends = 0;
  const source = new ReadableStream<Uint8Array>({
    start: (controller) => void (server = controller),
    cancel: () => void (cancelled = true),
  });
  const tap = tapStream(source, { judge, passed, onEnd: () => (ends += 1) });
  const reader = tap.body.getReader();
  const read = async (): Promise<string> => new TextDecoder().decode((await reader.read()).value);
  return {
    tap,
    read,
    reader,
    send: (text: string) => server?.enqueue(new TextEncoder().encode(text)),
    close: () => server?.close(),
    seen: () => ({ cancelled, ends }),
  };
}

test('frames pass whole, wherever the network has cut them', async () => {
  const { read, send } = openTap();
  const text = `${snapshot(1)}\n\n${HEARTBEAT}\n\n`;
  for (const character of text) send(character);
  expect(await read()).toBe(`${snapshot(1)}\n\n`);
  expect(await read()).toBe(`${HEARTBEAT}\n\n`);
});

test('frames behind one that is held back wait too, and come in their order when it is let go', async () => {
  const { tap, read, send } = openTap((isSnapshot) => (isSnapshot ? 'hold' : 'pass'));
  send(`${HEARTBEAT}\n\n${snapshot(1)}\n\n${HEARTBEAT}\n\n${snapshot(2)}\n\n`);
  expect(await read()).toBe(`${HEARTBEAT}\n\n`);
  expect(tap.repeat(0)).toBe(false);
  tap.release();
  for (const frame of [snapshot(1), HEARTBEAT, snapshot(2)]) expect(await read()).toBe(`${frame}\n\n`);
});

test('a dropped frame never arrives, nor can it be brought again', async () => {
  let drops = 1;
  const { tap, read, send } = openTap(() => ((drops -= 1) >= 0 ? 'drop' : 'pass'));
  send(`${snapshot(1)}\n\n${snapshot(2)}\n\n`);
  expect(await read()).toBe(`${snapshot(2)}\n\n`);
  expect(tap.repeat(1)).toBe(false);
});

test('the newest snapshot is repeated, and the one before it comes late; heartbeats are neither', async () => {
  const { tap, read, send } = openTap();
  send(`${snapshot(1)}\n\n${snapshot(2)}\n\n${HEARTBEAT}\n\n`);
  for (let frames = 0; frames < 3; frames += 1) await read();
  expect(tap.repeat(0)).toBe(true);
  expect(await read()).toBe(`${snapshot(2)}\n\n`);
  expect(tap.repeat(1)).toBe(true);
  expect(await read()).toBe(`${snapshot(1)}\n\n`);
});

test('a late frame may be one of a connection that is over', async () => {
  const passed: string[] = [];
  const first = openTap(() => 'pass', passed);
  first.send(`${snapshot(1)}\n\n`);
  await first.read();
  first.tap.cut();
  const second = openTap(() => 'pass', passed);
  second.send(`${snapshot(2)}\n\n`);
  await second.read();
  expect(second.tap.repeat(1)).toBe(true);
  expect(await second.read()).toBe(`${snapshot(1)}\n\n`);
});

test('a cut stream fails for its reader and is ended for the server', async () => {
  const { tap, read, seen } = openTap();
  const reading = read();
  tap.cut();
  await expect(reading).rejects.toThrow('network error');
  tap.cut();
  expect(tap.repeat(0)).toBe(false);
  expect(seen()).toEqual({ cancelled: true, ends: 1 });
});

test('a stream that the server ends, or the reader leaves, is over once', async () => {
  const ended = openTap();
  ended.close();
  expect((await ended.reader.read()).done).toBe(true);
  expect(ended.seen().ends).toBe(1);

  const left = openTap();
  await left.reader.cancel();
  expect(left.seen()).toEqual({ cancelled: true, ends: 1 });
});
