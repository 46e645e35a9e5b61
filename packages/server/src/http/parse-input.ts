import type { z } from 'zod';
import { CreditsError } from 'realtime-credits/contract';

/** Bounds the size of the response, which the sender would choose otherwise. */
const ISSUES_MAX = 10;
const TEXT_LENGTH_MAX = 200;

/**
 * Reads input by a schema, and reports what is wrong where and why.
 *
 * @throws {CreditsError} `invalid_request` — with `issues`, of which the first is the sentence.
 */
export function parseInput<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, ISSUES_MAX).map((issue) => ({
    path: issue.path.map(String).join('.').slice(0, TEXT_LENGTH_MAX),
    message: issue.message.slice(0, TEXT_LENGTH_MAX),
  }));
  const first = issues[0];
  const sentence = first === undefined ? 'unreadable' : [first.path, first.message].filter(Boolean).join(': ');
  throw new CreditsError('invalid_request', `The request is not valid: ${sentence}.`, { details: { issues } });
}

/**
 * Reads the query of a request by a schema. A parameter given twice is refused, because either could be meant.
 *
 * @throws {CreditsError} `invalid_request` — unknown, repeated or malformed parameters.
 */
export function parseQuery<S extends z.ZodType>(schema: S, request: Request): z.output<S> {
  if (!request.url.includes('?')) return parseInput(schema, {});
  const parameters: Record<string, string | string[]> = Object.create(null);
  const query = new URL(request.url).searchParams;
  for (const name of new Set(query.keys())) {
    const values = query.getAll(name);
    parameters[name] = values.length === 1 ? (values[0] ?? '') : values;
  }
  return parseInput(schema, parameters);
}
