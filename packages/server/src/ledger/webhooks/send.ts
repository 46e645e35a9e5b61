import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { addressOf, isPrivateAddress, lookUpPublic, PrivateAddress } from './addresses.ts';
import type { WebhookEvent } from '../rules/events.ts';
import type { ReceivedEvent, WebhookConfiguration, WebhookTarget } from './options.ts';
import type { ClaimedEvent } from './outbox.ts';
import { sign } from './sign.ts';

/** Bytes of an answer that are read, and dropped. A receiver that sends more is cut. */
const ANSWER_BYTES_MAX = 65_536;

/** How long a receiver may take, from the look-up of its name to its status. */
export const SEND_TIMEOUT_MS = 10_000;

/** What a delivery came to: null when it arrived, or a sentence that says why not. */
export type SendFailure = string | null;

/** Delivers an event once, to whatever receives it. Never throws. */
export function deliver(
  event: ClaimedEvent,
  receiver: WebhookConfiguration['receiver'],
  { nowMs, timeoutMs }: { nowMs: number; timeoutMs?: number },
): Promise<SendFailure> {
  return typeof receiver === 'function'
    ? hand(event, receiver, timeoutMs)
    : send(event, receiver, { nowMs, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
}

async function hand(
  { id, account, type, body }: ClaimedEvent,
  receive: (event: ReceivedEvent) => Promise<void>,
  timeoutMs = SEND_TIMEOUT_MS,
): Promise<SendFailure> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<SendFailure>((resolve) => {
    timer = setTimeout(() => resolve(`It took longer than ${timeoutMs} ms.`), timeoutMs);
  });
  try {
    const received = async (): Promise<SendFailure> => {
      await receive({ id, account, type: type as WebhookEvent, body });
      return null;
    };
    return await Promise.race([received(), timeout]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
}

/** Posts an event once. Follows no redirects, and never throws. */
export async function send(
  event: { id: string; body: string },
  { url, secrets, isPrivateAllowed }: WebhookTarget,
  { nowMs, timeoutMs = SEND_TIMEOUT_MS }: { nowMs: number; timeoutMs?: number },
): Promise<SendFailure> {
  const address = addressOf(url);
  if (!isPrivateAllowed && address !== null && isPrivateAddress(address)) return new PrivateAddress(address).message;
  const body = Buffer.from(event.body);
  const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
    method: 'POST',
    headers: {
      ...sign(event, secrets, nowMs),
      'content-type': 'application/json',
      'content-length': body.byteLength,
      'user-agent': 'realtime-credits',
    },
    agent: false,
    ...(isPrivateAllowed ? {} : { lookup: lookUpPublic }),
  });
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve(`There was no answer within ${timeoutMs} ms.`);
      request.destroy();
    }, timeoutMs);
    const end = (failure: SendFailure): void => {
      clearTimeout(timer);
      resolve(failure);
    };
    request.on('error', (error) =>
      end(error.message === '' ? String((error as { code?: unknown }).code) : error.message),
    );
    request.on('response', (response) => {
      const { statusCode = 0 } = response;
      end(statusCode >= 200 && statusCode < 300 ? null : `The receiver answered ${statusCode}.`);
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.byteLength;
        if (bytes > ANSWER_BYTES_MAX) request.destroy();
      });
      const cut = setTimeout(() => request.destroy(), timeoutMs);
      response.on('error', () => undefined);
      response.on('close', () => clearTimeout(cut));
    });
    request.end(body);
  });
}
