import type { IncomingMessage } from 'node:http';

/** Sets a header of a request that everything behind reads, in place of whatever the client sent under that name. */
export function stampHeader(request: IncomingMessage, name: string, value: string): void {
  const kept: string[] = [];
  for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) {
    const sent = request.rawHeaders[i] ?? '';
    if (sent.toLowerCase() !== name) kept.push(sent, request.rawHeaders[i + 1] ?? '');
  }
  kept.push(name, value);
  request.rawHeaders = kept;
  request.headers[name] = value;
}
