import type { Exchange, WireResponse } from './wire.ts';

/**
 * What no response may be, whatever was sent.
 */

/** What no response may show of the program: stacks, SQL, paths. Nothing that is sent contains any of it. */
const LEAKS: Record<string, RegExp> = {
  'a stack': /\n\s+at [^\n]+:\d+:\d+|\b(?:Type|Range|Reference|Syntax|Assertion)Error\b/,
  SQL: /\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM)\b [^<]{0,200}\b(?:FROM|VALUES|SET|WHERE)\b|syntax error at or near|invalid input syntax|invalid byte sequence|violates \S+ constraint/,
  'a path': /node_modules|file:\/\/\/|\/(?:home|root|usr|tmp|work|app)\/|apps\/dashboard|packages\/server/,
};

/** Files of the documentation and the registry are full of code. */
const isFile = ({ headers }: WireResponse): boolean =>
  /^no-cache$|public|immutable/.test(headers.get('cache-control') ?? '');

/** @param secrets - Texts that nobody may be shown. @returns What is wrong, shortest first; null when nothing is. */
export function judge({ responses, isStuck }: Exchange, secrets: readonly string[]): string | null {
  if (isStuck) return 'no response';
  for (const response of responses) {
    const wrong = judgeResponse(response, secrets);
    if (wrong !== null) return wrong;
  }
  return null;
}

function judgeResponse(response: WireResponse, secrets: readonly string[]): string | null {
  const { status, headers, body } = response;
  const failure = readFailure(response);
  if (!Number.isInteger(status) || status > 599) return `status ${status}`;
  if (status >= 500 && !(status === 503 && failure?.['code'] === 'unavailable')) return `status ${status}`;
  if (secrets.some((secret) => body.includes(secret))) return 'a secret in the response';
  if (!isFile(response)) {
    const leak = Object.entries(LEAKS).find(([, pattern]) => pattern.test(body));
    if (leak !== undefined) return `${leak[0]} in the response`;
  }
  const isProgram = headers.get('content-security-policy')?.startsWith("default-src 'none'") === true;
  if (status < 400 || (failure === null && !isProgram)) return null;
  if (body === '') return null; // a response to HEAD
  if (failure === null) return `status ${status} of the API without a problem`;
  if (typeof failure['code'] !== 'string') return `status ${status} without a code`;
  if (failure['requestId'] !== headers.get('x-request-id')) return `status ${status} without its request id`;
  return null;
}

/** The body of a refusal; null when it is no JSON. */
function readFailure({ headers, body }: WireResponse): Record<string, unknown> | null {
  if (!/^application\/(?:problem\+)?json/.test(headers.get('content-type') ?? '')) return null;
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    return null;
  }
}
