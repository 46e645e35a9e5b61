import { translate } from './messages';

/** What a route answered: its body when it did the thing, otherwise why it did not. */
export type SendResult<Answer> = { ok: true; answer: Answer } | { ok: false; failure: SendFailure };

/** Why a route refused. `code` is `network` when no answer was had. */
export interface SendFailure {
  code: string;
  message: string;
  details: unknown;
  /** What is wrong with which part of the input, where the route says so. */
  errors: { path: string; message: string }[] | undefined;
}

const TIMEOUT_MS = 30_000;

/** Names one intended command. `crypto.randomUUID` is missing on pages without https. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('-');
}

/**
 * Calls a route that does not change the person's own balance, or asks one to read on. Never throws.
 *
 * Reads refusals as `{success: false, message, code?}` and as problems (RFC 9457).
 *
 * @param key - Names one intended command: the same key again repeats the first answer instead of doing it twice.
 */
export async function send<Answer>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
  key?: string,
): Promise<SendResult<Answer>> {
  try {
    const response = await fetch(path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(key === undefined ? {} : { 'Idempotency-Key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.ok) return { ok: true, answer: (await response.json()) as Answer };
    // A refusal may be a page: of a proxy, or of a host that has no such route.
    const refusal: unknown = await response.json().catch(() => null);
    return { ok: false, failure: toFailure(refusal, response) };
  } catch {
    return {
      ok: false,
      failure: {
        code: 'network',
        message: translate('network'),
        details: undefined,
        errors: undefined,
      },
    };
  }
}

function toFailure(answer: unknown, response: Response): SendFailure {
  const { code, message, detail, details, errors } = (answer ?? {}) as Partial<SendFailure & { detail: string }>;
  return {
    code: code ?? 'internal',
    message: message ?? detail ?? translate('answered', { status: response.status }),
    details,
    errors,
  };
}
