/**
 * The wire as schemas: requests are checked by them, and the OpenAPI document is written from them. The compiler compares
 * each with the contract's type, so neither can drift from the other.
 */
import { z } from 'zod';
import {
  type Balance,
  CREDITS_ERRORS,
  CREDITS_MAX,
  type CreditsErrorCode,
  type Entry,
  HISTORY_LIMIT_MAX,
  type HistoryPage,
  IDEMPOTENCY_KEY_LENGTH_MAX,
  OPERATIONS_MAX,
  type Problem,
  type Snapshot,
  type SnapshotTime,
} from 'realtime-credits/contract';

/** Accepts a schema only when its output and the type agree, field by field. */
function exactly<T>() {
  return <S extends z.ZodType<T>>(
    schema: S & ([T, keyof z.output<S>] extends [z.output<S>, keyof T] ? unknown : never),
  ): S => schema;
}

const creditsSchema = z.int().min(0).max(CREDITS_MAX);
const versionSchema = z.int().min(0);
const instantSchema = z.iso.datetime();

/** The id of an operation: the `Idempotency-Key` header of the request that sent it. */
export const operationIdSchema = z
  .string()
  .max(IDEMPOTENCY_KEY_LENGTH_MAX)
  .regex(/^[!-+\--~]+$/, 'must be visible ASCII characters without a comma');

const codes = Object.keys(CREDITS_ERRORS) as [CreditsErrorCode, ...CreditsErrorCode[]];
export const errorCodeSchema = z.enum(codes);

export const balanceSchema = exactly<Balance>()(
  z.object({ posted: creditsSchema, held: creditsSchema, available: creditsSchema }),
);

const upcomingSchema = z.object({ at: instantSchema, amount: creditsSchema }).nullable();

const snapshotTimeSchema = exactly<SnapshotTime>()(
  z.object({
    at: instantSchema,
    rates: z.array(
      z.object({
        resource: z.string(),
        amount: creditsSchema,
        per: z.enum(['hour', 'day', 'week', 'month']),
        settledAt: instantSchema,
        prepaid: creditsSchema,
        remainder: z.int().min(0),
      }),
    ),
    exhaustsAt: instantSchema.nullable(),
    expires: upcomingSchema,
    refills: upcomingSchema,
  }),
);

export const snapshotSchema = exactly<Snapshot>()(
  z.object({
    account: z.string(),
    epoch: z.string(),
    version: versionSchema,
    balance: balanceSchema,
    from: versionSchema,
    applied: z.array(operationIdSchema),
    rejected: z.array(z.object({ id: operationIdSchema, code: errorCodeSchema })).exactOptional(),
    time: snapshotTimeSchema.exactOptional(),
  }),
);

export const entrySchema = exactly<Entry>()(
  z.object({
    account: z.string(),
    version: versionSchema,
    kind: z.enum(['transfer', 'hold', 'post', 'void', 'expire', 'rate', 'allowance']),
    verb: z.enum([
      'grant',
      'spend',
      'transfer',
      'adjust',
      'reverse',
      'post',
      'breakage',
      'hold',
      'void',
      'expire',
      'start',
      'charge',
      'suspend',
      'resume',
      'stop',
      'allowance',
      'refill',
    ]),
    direction: z.enum(['debit', 'credit']),
    amount: creditsSchema,
    before: balanceSchema,
    after: balanceSchema,
    transfer: z.string().nullable(),
    hold: z.string().nullable(),
    counterparty: z.string().nullable(),
    actor: z.string(),
    reason: z.string(),
    metadata: z.record(z.string(), z.unknown()),
    createdAt: instantSchema,
  }),
);

export const historyPageSchema = exactly<HistoryPage>()(
  z.object({ entries: z.array(entrySchema), next: versionSchema.nullable(), snapshot: snapshotSchema }),
);

export const problemSchema = exactly<Problem>()(
  z.object({
    type: z.string(),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    code: errorCodeSchema,
    details: z.unknown().optional(),
    requestId: z.string().exactOptional(),
  }),
);

/** Digits only: `Number()` would also read `1e3`, `0x10` and an empty string. */
const wholeNumberText = z
  .string()
  .regex(/^\d{1,16}$/, 'must be a whole number')
  .transform(Number);

const operationIdsSchema = z.array(operationIdSchema).min(1).max(OPERATIONS_MAX);

export const snapshotQuerySchema = z.strictObject({
  since: wholeNumberText.pipe(versionSchema).optional(),
  operations: z
    .string()
    .transform((text) => text.split(','))
    .pipe(operationIdsSchema)
    .optional(),
});

export const historyQuerySchema = z.strictObject({
  before: wholeNumberText.pipe(versionSchema).optional(),
  limit: wholeNumberText.pipe(z.int().min(1).max(HISTORY_LIMIT_MAX)).optional(),
});

export const noQuerySchema = z.strictObject({});

export const resolveBodySchema = z.strictObject({ operations: operationIdsSchema });
