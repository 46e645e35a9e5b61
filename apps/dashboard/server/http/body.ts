import { CreditsError } from 'realtime-credits';
import { readJson } from 'realtime-credits-server';
import { z } from 'zod';

/** No body of ours comes near it; beyond it a request is refused unread. */
const BODY_BYTES_MAX = 64 * 1024;

/**
 * Reads a JSON body, whatever its content type says: the design document's own `fetch` sends `text/plain`. An absent
 * body reads as `{}`.
 *
 * @throws {CreditsError} `body_too_large`, or `invalid_request` — not JSON, or not of the schema: with the issues.
 */
export async function readBody<Schema extends z.ZodType>(request: Request, schema: Schema): Promise<z.output<Schema>> {
  const isEmpty = request.body === null || request.headers.get('content-length') === '0';
  return parseInput(isEmpty ? {} : await readJson(request, { bodyBytesMax: BODY_BYTES_MAX }), schema);
}

/** Reads a query string by a schema. @throws {CreditsError} `invalid_request` */
export function readQuery<Schema extends z.ZodType>(request: Request, schema: Schema): z.output<Schema> {
  return parseInput(Object.fromEntries(new URL(request.url).searchParams), schema);
}

/** A whole number of a query string. */
export const wholeNumber = z
  .string()
  .regex(/^\d{1,15}$/, 'must be a whole number')
  .transform(Number);

/** Checks a value against a schema. @throws {CreditsError} `invalid_request` — with every issue. */
export function parseInput<Schema extends z.ZodType>(value: unknown, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(value, { error: describeLimit });
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 20).map((issue) => ({
    path: issue.path.map(String).join('.'),
    message: issue.message.slice(0, 200),
  }));
  const first = issues[0];
  throw new CreditsError(
    'invalid_request',
    first === undefined ? undefined : first.path === '' ? `${first.message}.` : `${first.path}: ${first.message}.`,
    { details: { issues } },
  );
}

/** What is wrong about a size, as people say it, where a schema has no words of its own. */
function describeLimit(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'too_big' && issue.code !== 'too_small') return undefined;
  const [limit, word] = issue.code === 'too_big' ? [issue.maximum, 'most'] : [issue.minimum, 'least'];
  if (issue.origin === 'string') return `must have at ${word} ${limit} characters`;
  return issue.origin === 'number' || issue.origin === 'int' ? `must be at ${word} ${limit}` : undefined;
}
