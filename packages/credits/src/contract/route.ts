import type { Hold } from './hold.ts';
import type { Snapshot } from './snapshot.ts';
import type { Entry } from './transfer.ts';

/** Where the package's server answers, below the host's origin. */
export const CREDITS_PATH = '/api/credits';

/** Path of the event stream, below {@link CREDITS_PATH}. */
export const STREAM_PATH = '/stream';

/** Path at which the outcome of operations is made definite, below {@link CREDITS_PATH}. */
export const RESOLVE_PATH = '/operations/resolve';

/** Paths below {@link CREDITS_PATH}. */
export const CREDITS_ROUTES = {
  /** `GET` → {@link Snapshot}; query `since` (version) and `operations` (ids, comma separated). */
  snapshot: '',
  /** `GET` → event stream. */
  stream: STREAM_PATH,
  /** `GET` → page of entries, newest first; query `before` (version) and `limit`. */
  history: '/history',
  /** `POST {operations: [id]}` → snapshot in which each id is `applied` or `rejected`, permanently. */
  resolveOperations: RESOLVE_PATH,
  /** `GET` → OpenAPI document. */
  openapi: '/openapi.json',
} as const;

/** Carries the operation id of a command. @see draft-ietf-httpapi-idempotency-key-header */
export const IDEMPOTENCY_KEY_HEADER = 'Idempotency-Key';

/**
 * Names the account whose page sends a command (account fence). A cookie belongs to the whole browser: after another user
 * signed in, a page that does not know it yet would charge that user, or repeat an earlier charge.
 */
export const ACCOUNT_HEADER = 'Credits-Account';

/** Most operation ids in one request; more are refused with `invalid_request`. */
export const OPERATIONS_MAX = 100;

/** Most versions that `applied` covers in one snapshot; beyond it `from` moves up. */
export const APPLIED_SPAN_MAX = 1_000;

/** Most entries of one history page; more are refused with `invalid_request`. */
export const HISTORY_LIMIT_MAX = 100;

/** Most holds of one page; more are refused with `invalid_request`. */
export const HOLDS_LIMIT_MAX = 100;

/** What lists of holds tell apart: `open` is whatever still reserves credits, partly posted ones included. */
export const HOLD_LIST_STATES = ['open', 'posted', 'voided', 'expired'] as const;

/** Which holds a list names. */
export type HoldListState = (typeof HOLD_LIST_STATES)[number];

/** One page of an account's holds. */
export interface HoldsPage {
  holds: Hold[];
  /** Pass as `before` to read on; null on the last page. */
  next: string | null;
  /** The account at the very instant of the list: all its open holds together are `balance.held`. */
  snapshot: Snapshot;
}

/** One page of an account's history. */
export interface HistoryPage {
  entries: Entry[];
  /** Pass as `before` to read on; null on the last page. */
  next: number | null;
  /** Every read carries the account's state. */
  snapshot: Snapshot;
}
