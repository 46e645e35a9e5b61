import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An event as a receiver sees it. */
export interface ReceivedEvent {
  id: string;
  headers: IncomingMessage['headers'];
  text: string;
  type: string;
  data: { account: string; version: number; threshold?: number; [field: string]: unknown };
}

export interface Receiver {
  readonly url: string;
  /** Everything that arrived, whatever it was answered. */
  readonly received: ReceivedEvent[];
  /** What was answered with 200, as `type account`, or with the threshold of a low balance. */
  told(account: string): string[];
  close(): Promise<void>;
}

/** A server of a host that receives events. */
export async function openReceiver(
  answer: (event: ReceivedEvent, response: ServerResponse) => void = (_event, response) => void response.end(),
): Promise<Receiver> {
  const received: ReceivedEvent[] = [];
  const accepted: ReceivedEvent[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const { type, data } = JSON.parse(text) as ReceivedEvent;
      const event = { id: String(request.headers['webhook-id']), headers: request.headers, text, type, data };
      received.push(event);
      response.on('finish', () => {
        if (response.statusCode === 200) accepted.push(event);
      });
      answer(event, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/events`,
    received,
    told: (account) =>
      accepted
        .filter(({ data }) => data.account === account)
        .map(({ type, data }) => (data.threshold === undefined ? type : `${type} ${data.threshold}`)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A secret as hosts have it, of 24 bytes. */
export const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
