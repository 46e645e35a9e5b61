import { CREDITS_ERRORS, CreditsError, isCreditsError, toProblem, type Snapshot } from 'realtime-credits';
import type { Failure } from '../../lib/api.ts';

/** Errors of the dashboard itself, beside the table of `realtime-credits`. */
export const DASHBOARD_ERRORS = {
  provisioning_failed: { status: 409, title: 'Setup failed' },
  server_busy: { status: 409, title: 'The server is being worked on' },
  server_limit_reached: { status: 409, title: 'No more servers' },
  server_not_found: { status: 404, title: 'No such server' },
  user_not_found: { status: 404, title: 'No such user' },
  example_refused: { status: 409, title: 'Refused, as asked' },
  approval_not_found: { status: 404, title: 'No such adjustment' },
  approval_decided: { status: 409, title: 'Decided before' },
  last_way_in: { status: 409, title: 'Nothing else signs you in' },
  passkey_not_found: { status: 404, title: 'No such passkey' },
  session_not_found: { status: 404, title: 'No such session' },
  message_not_found: { status: 404, title: 'No such message' },
  name_taken: { status: 409, title: 'The user name is taken' },
  name_changed_recently: { status: 409, title: 'The user name was changed lately' },
  address_taken: { status: 409, title: 'The address is taken' },
  wrong_password: { status: 403, title: 'The password is not right' },
  not_eligible: { status: 403, title: 'This account is not paid yet' },
  code_not_found: { status: 404, title: 'No such code' },
  code_not_valid: { status: 404, title: 'No such code, or not any more' },
  code_redeemed: { status: 409, title: 'The code was used before' },
  rewards_changed: { status: 409, title: 'Somebody else changed it' },
  panel_is_real: { status: 409, title: 'Servers come from a real panel' },
} as const satisfies Record<string, { status: number; title: string }>;

export type DashboardErrorCode = keyof typeof DASHBOARD_ERRORS;

/** An expected failure of one of the dashboard's own routes. Its message is display-safe. */
export class DashboardError extends Error {
  readonly code: DashboardErrorCode;

  constructor(code: DashboardErrorCode, message: string) {
    super(message);
    this.name = 'DashboardError';
    this.code = code;
  }
}

/** What a failing route answers with. */
export interface FailureAnswer {
  status: number;
  body: Failure;
  /** `Retry-After`, when trying again is of use. */
  headers: Record<string, string>;
}

/**
 * Turns whatever was thrown into an answer. A bug becomes `internal` with the request's id and no detail.
 *
 * @param snapshot - The user's state, when it is known: a refusal then says what the balance is, too.
 */
export function toFailure(error: unknown, requestId: string, snapshot?: Snapshot): FailureAnswer {
  if (error instanceof DashboardError) {
    const { status, title } = DASHBOARD_ERRORS[error.code];
    const body: Failure = {
      success: false,
      message: error.message,
      code: error.code,
      requestId,
      type: `urn:realtime-credits:error:${error.code}`,
      title,
      status,
      detail: error.message,
      ...(snapshot === undefined ? {} : { snapshot }),
    };
    return { status, body, headers: {} };
  }
  const known = isCreditsError(error) ? error : new CreditsError('internal');
  // People are shown this sentence, and what we can only look up by the id is worth its length.
  const problem = toProblem(known, requestId);
  const message = problem.status < 500 ? known.message : `${known.message} (Request ${requestId})`;
  const issues = readIssues(problem.details);
  const retryAfterMs = readRetryAfterMs(problem.details);
  return {
    status: problem.status,
    body: {
      ...problem,
      success: false,
      message,
      detail: message,
      code: known.code,
      requestId,
      ...(issues === null ? {} : { errors: issues }),
      ...(snapshot === undefined ? {} : { snapshot }),
    },
    headers:
      retryAfterMs !== null
        ? { 'Retry-After': String(Math.ceil(retryAfterMs / 1000)) }
        : CREDITS_ERRORS[known.code].status === 503
          ? { 'Retry-After': '1' }
          : {},
  };
}

/** Whether an error is a refusal. Anything else is for the log: a bug, or a database that is away. */
export function isExpected(error: unknown): boolean {
  if (error instanceof DashboardError) return true;
  if (!isCreditsError(error)) return false;
  // Without a cause we refused by ourselves, such as while stopping.
  return error.code === 'unavailable' ? error.cause === undefined : error.code !== 'internal';
}

function readIssues(details: unknown): { path: string; message: string }[] | null {
  if (typeof details !== 'object' || details === null || !('issues' in details)) return null;
  return Array.isArray(details.issues) ? details.issues : null;
}

function readRetryAfterMs(details: unknown): number | null {
  if (typeof details !== 'object' || details === null || !('retryAfterMs' in details)) return null;
  return typeof details.retryAfterMs === 'number' ? details.retryAfterMs : null;
}
