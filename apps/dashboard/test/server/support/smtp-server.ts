import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** An SMTP server of a test: it takes what comes, unless it is told to refuse. */
export interface SmtpServer {
  url: string;
  /** Each as it was sent: envelope, headers and body. */
  received: string[];
  /** What the next ones are answered with, such as `451 Later`. */
  refusals: string[];
  close(): Promise<void>;
}

export async function startSmtpServer(): Promise<SmtpServer> {
  const received: string[] = [];
  const refusals: string[] = [];
  const sockets = new Set<Socket>();

  function serve(socket: Socket): void {
    sockets.add(socket);
    let buffer = '';
    let envelope = '';
    let isData = false;
    const answer = (line: string) => void socket.write(`${line}\r\n`);
    answer('220 test');
    socket.on('error', () => undefined);
    socket.on('data', (piece) => {
      buffer += piece.toString('utf8');
      for (;;) {
        const end = isData ? buffer.indexOf('\r\n.\r\n') : buffer.indexOf('\r\n');
        if (end === -1) return;
        const text = buffer.slice(0, end);
        buffer = buffer.slice(end + (isData ? 5 : 2));
        if (isData) {
          isData = false;
          received.push(envelope + text);
          envelope = '';
          answer('250 Taken');
        } else if (text === 'DATA') {
          const refusal = refusals.shift();
          isData = refusal === undefined;
          answer(refusal ?? '354 Go on');
        } else {
          envelope += `${text}\n`;
          answer(text === 'QUIT' ? '221 Bye' : '250 test');
        }
      }
    });
  }

  const server = createServer(serve);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a numbered port.');
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    received,
    refusals,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
