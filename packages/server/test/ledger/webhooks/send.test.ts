import type { ServerResponse } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { addressOf, isPrivateAddress, lookUpPublic } from '../../../src/ledger/webhooks/addresses.ts';
import { backOff } from '../../../src/ledger/webhooks/deliveries.ts';
import { parseWebhooks, type WebhookOptions, type WebhookTarget } from '../../../src/ledger/webhooks/options.ts';
import { deliver, send, type SendFailure } from '../../../src/ledger/webhooks/send.ts';
import { sign } from '../../../src/ledger/webhooks/sign.ts';
import { openReceiver, SECRET, type Receiver } from '../../support/receiver.ts';

const EVENT = { id: 'event-1', body: '{"type":"balance.low","data":{"account":"a","version":1}}' };
const OPTIONS: WebhookOptions = { url: 'https://host.example/events', secrets: [SECRET], events: ['transfer.posted'] };

let receiver: Receiver | undefined;
afterEach(async () => {
  await receiver?.close();
  receiver = undefined;
});

function parseTarget(options: WebhookOptions): WebhookTarget {
  const { receiver: target } = parseWebhooks(options);
  if (typeof target === 'function') throw new Error('Events are not sent anywhere.');
  return target;
}

async function sendTo(
  answer: (response: ServerResponse) => void,
  options: Partial<WebhookOptions> = {},
): Promise<SendFailure> {
  receiver = await openReceiver((_event, response) => answer(response));
  const webhooks = parseTarget({ ...OPTIONS, isPrivateAllowed: true, url: receiver.url, ...options });
  return send(EVENT, webhooks, { nowMs: 1_700_000_000_000, timeoutMs: 300 });
}

test('a signature is the one of the published example', () => {
  const [secret] = parseTarget({ ...OPTIONS, secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'] }).secrets;
  const event = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}' };
  expect(sign(event, secret === undefined ? [] : [secret], 1_614_265_330_000)).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('while secrets are rotated, an event is signed with each, over the bytes that were sent', async () => {
  const other = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
  expect(await sendTo((response) => response.end(), { secrets: [other, SECRET] })).toBe(null);
  const [event] = receiver?.received ?? [];
  const signatures = String(event?.headers['webhook-signature']).split(' ');
  expect(signatures).toHaveLength(2);
  for (const [index, secret] of [other, SECRET].entries()) {
    const bytes = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const algorithm = { name: 'HMAC', hash: 'SHA-256' };
    const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['verify']);
    const given = Buffer.from(signatures[index]?.slice('v1,'.length) ?? '', 'base64');
    const signed = new TextEncoder().encode(`event-1.1700000000.${event?.text}`);
    expect(await crypto.subtle.verify('HMAC', key, given, signed)).toBe(true);
  }
});

test('any answer but a success is a failure', async () => {
  expect(await sendTo((response) => void response.writeHead(204).end())).toBe(null);
  expect(await sendTo((response) => void response.writeHead(500).end('no'))).toBe('The receiver answered 500.');
  expect(await sendTo((response) => void response.writeHead(410).end())).toBe('The receiver answered 410.');
});

test('a redirect is not followed', async () => {
  const failure = await sendTo((response) => void response.writeHead(302, { location: receiver?.url }).end());
  expect([failure, receiver?.received.length]).toEqual(['The receiver answered 302.', 1]);
});

test('a receiver that is slow to answer is left', async () => {
  expect(await sendTo(() => undefined)).toBe('There was no answer within 300 ms.');
});

test('an answer without an end is cut', async () => {
  let bytes = 0;
  let isClosed = false;
  const failure = await sendTo((response) => {
    response.on('close', () => {
      isClosed = true;
    });
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(65_536))) bytes += 65_536;
    };
    response.on('drain', more);
    more();
  });
  expect(failure).toBe(null);
  await vi.waitFor(() => expect(isClosed).toBe(true));
  expect(bytes).toBeLessThan(64 * 1_048_576);
});

test('a receiver that refuses, or says something else than HTTP, is a failure', async () => {
  const server = createServer((socket) => socket.resume().end('hello\r\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const webhooks = parseTarget({ ...OPTIONS, url, isPrivateAllowed: true });
  expect(await send(EVENT, webhooks, { nowMs: 0 })).toMatch(/^Parse Error/);
  await new Promise((resolve) => server.close(resolve));
  expect(await send(EVENT, webhooks, { nowMs: 0 })).toMatch(/ECONNREFUSED/);
});

test('private addresses are refused: written as such, and found by a name', async () => {
  for (const host of ['127.0.0.1', '2130706433', '[::1]', '[::ffff:10.0.0.1]', '169.254.169.254', 'localhost']) {
    const webhooks = parseTarget({ ...OPTIONS, url: `https://${host}:1/` });
    expect(`${host}: ${await send(EVENT, webhooks, { nowMs: 0 })}`).toMatch(/: The address .+ is private\./);
  }
  const found = await new Promise((resolve) => lookUpPublic('localhost', { all: true }, resolve));
  expect(String(found)).toContain('is private');
});

test('which addresses are private', () => {
  const hidden = [
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
  ];
  hidden.push('fc00::1', 'fe80::1', '::ffff:127.0.0.1', '64:ff9b::a00:1', '2002:a00:1::', '2001:db8::1', 'no address');
  expect(hidden.filter((address) => !isPrivateAddress(address))).toEqual([]);
  expect(['1.1.1.1', '172.32.0.1', '2606:4700::1111'].filter(isPrivateAddress)).toEqual([]);
  expect(addressOf(new URL('https://[::1]:8/'))).toBe('::1');
  expect(addressOf(new URL('https://host.example/'))).toBe(null);
});

test('repetitions become rarer, with some chance, and end after a day', () => {
  expect([backOff(0, 0), backOff(0, 1)]).toEqual([3_750, 6_250]);
  expect(backOff(60_000, 0.5)).toBe(60_000);
  expect(backOff(20 * 3_600_000, 0.5)).toBe(2 * 3_600_000);
  expect(backOff(24 * 3_600_000, 0.5)).toBe(null);
});

test('a receiver in the process has as long as any other one', async () => {
  const event = { ...EVENT, position: '1', account: 'a', type: 'balance.low', attempts: 1, firstAtMs: 0 };
  const hand = (receive: () => Promise<void>) => deliver(event, receive, { nowMs: 0, timeoutMs: 20 });
  expect(await hand(() => Promise.resolve())).toBe(null);
  expect(await hand(() => Promise.reject(new Error('No table.')))).toBe('No table.');
  expect(
    await hand(() => {
      throw new Error('At once.');
    }),
  ).toBe('At once.');
  expect(await hand(() => new Promise(() => undefined))).toBe('It took longer than 20 ms.');
});

test.each([
  ['url', { url: 'http://host.example/' }],
  ['url', { url: 'https://user:word@host.example/' }],
  ['url', { url: 'no url' }],
  ['secrets', { secrets: [] }],
  ['secrets', { secrets: ['whsec_c2hvcnQ='] }],
  ['secrets', { secrets: [SECRET, SECRET] }],
  ['events', { events: [] }],
  ['events', { events: ['balance.high'] as never }],
  ['thresholds', { events: ['balance.low'] as const }],
  ['thresholds', { thresholds: [5] }],
  ['thresholds', { events: ['balance.low'] as const, thresholds: [0] }],
  ['expiringDays', { events: ['lot.expiring'] as const, expiringDays: [0.5] }],
  ['lowPerDay', { lowPerDay: 0 }],
  ['keepDays', { keepDays: -1 }],
  ['onEvent', { onEvent: () => Promise.resolve() }],
  ['onEvent', { onEvent: 'me' as never }],
])('a configuration with a wrong %s is refused, and no secret is repeated (%j)', (field, change) => {
  let message = '';
  try {
    parseWebhooks({ ...OPTIONS, ...change });
  } catch (error) {
    message = String(error);
  }
  expect(message).toContain(`webhooks.${field}`);
  expect(message).not.toContain('c2hvcnQ');
});
