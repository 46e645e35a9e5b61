/**
 * The OpenAPI document of the door, written from the schemas that check its requests and type its answers.
 *
 * Owns the words that a reader of the document needs; every shape comes from `schemas.ts`, every error from the table.
 */
import { z } from 'zod';
import { CREDITS_ERRORS, CREDITS_ROUTES, type CreditsErrorCode, PROBLEM_TYPE } from 'realtime-credits/contract';
import {
  balanceSchema,
  entrySchema,
  errorCodeSchema,
  historyPageSchema,
  historyQuerySchema,
  holdSchema,
  holdsPageSchema,
  holdsQuerySchema,
  problemSchema,
  settleBodySchema,
  snapshotQuerySchema,
  snapshotSchema,
} from './schemas.ts';

export type JsonSchema = Record<string, unknown>;

export interface Parameter {
  name: string;
  in: 'query' | 'header';
  description: string;
  required: boolean;
  schema: JsonSchema;
  style?: 'form';
  explode?: boolean;
}

export interface ResponseObject {
  description: string;
  headers?: Record<string, { description: string; schema: JsonSchema }>;
  content?: Record<string, { schema: JsonSchema }>;
}

export interface Operation {
  operationId: string;
  summary: string;
  description: string;
  /** Empty: anybody may ask. Absent: whoever is signed in with the host. */
  security?: [];
  parameters?: Parameter[];
  requestBody?: { required: true; content: Record<string, { schema: JsonSchema }> };
  responses: Record<string, ResponseObject>;
}

export interface OpenApiDocument {
  openapi: '3.1.1';
  info: { title: string; version: string; description: string; license: { name: string; identifier: string } };
  servers: { url: string }[];
  security: Record<string, string[]>[];
  paths: Record<string, Partial<Record<'get' | 'post', Operation>>>;
  components: {
    schemas: Record<string, JsonSchema>;
    securitySchemes: Record<string, { type: string; in: string; name: string; description: string }>;
  };
}

/** What a schema cannot say of a field by itself. */
const FIELD_NOTES: Record<string, Record<string, string>> = {
  Balance: {
    posted: 'Whole credits that have moved for good.',
    held: 'Whole credits reserved by open holds.',
    available: 'What may be spent now: posted − held. This is the number that people see.',
  },
  Snapshot: {
    account: 'Whose state this is.',
    epoch: 'One life of the database: in another epoch versions start afresh.',
    version: 'Gapless counter of the account, +1 for each entry. Equal versions mean equal state.',
    from: '`applied` is complete for the versions after this one.',
    applied: 'Operations of the account itself, committed in (from, version], and those that were asked about.',
    rejected: 'Operations that can never be applied any more. Only in answers to a question by id.',
  },
  Entry: {
    version: 'Position in the account’s history.',
    direction: '`debit` lowers the balance, `credit` raises it.',
    amount: 'Whole credits, 1 or more.',
    counterparty: 'The other account where it is one of the house; null for a person’s.',
    actor: 'The account itself, a part of the system, or `other`.',
    metadata: 'Empty unless the host chose to show it.',
  },
  Hold: {
    destination: 'Where a post moves the credits: an account of the house, or `other`.',
    remaining: 'What is still reserved; 0 once it was posted, voided or expired.',
    actor: 'The account itself, a part of the system, or `other`.',
    expiresAt: 'From then on it reserves nothing.',
  },
  HoldsPage: { next: 'Pass as `before` to read on; null on the last page.' },
  HistoryPage: { next: 'Pass as `before` to read on; null on the last page.' },
  Problem: {
    code: 'What programs read. Codes are stable.',
    detail: 'A sentence for people.',
    requestId: 'Names the request in the server’s log.',
  },
};

const REQUEST_ID_HEADER = {
  'X-Request-Id': { description: 'Names the request in the server’s log.', schema: { type: 'string' } },
};

function createComponents(): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  registry.add(errorCodeSchema, { id: 'ErrorCode' });
  registry.add(balanceSchema, { id: 'Balance' });
  registry.add(snapshotSchema, { id: 'Snapshot' });
  registry.add(entrySchema, { id: 'Entry' });
  registry.add(historyPageSchema, { id: 'HistoryPage' });
  registry.add(holdSchema, { id: 'Hold' });
  registry.add(holdsPageSchema, { id: 'HoldsPage' });
  registry.add(problemSchema, { id: 'Problem' });
  const uri = (id: string): string => `#/components/schemas/${id}`;
  // As input, so that objects stay open: a field that a later version adds must not break a reader of this document.
  const { schemas } = z.toJSONSchema(registry, {
    target: 'draft-2020-12',
    io: 'input',
    uri,
    override: ({ jsonSchema }) => {
      // `format` says it; the leap-year arithmetic that checks it is no reader's business.
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
    },
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, annotate(name, schema as JsonSchema)]),
  );
}

/** Adds the notes, and drops what only a schema in a file of its own needs. */
function annotate(name: string, { $schema: _schema, $id: _id, ...schema }: JsonSchema): JsonSchema {
  const properties = schema['properties'] as Record<string, JsonSchema> | undefined;
  if (properties === undefined) return schema;
  const annotated = Object.entries(properties).map(([field, value]) => {
    const description = FIELD_NOTES[name]?.[field];
    return [field, description === undefined ? value : { ...value, description }] as const;
  });
  return { ...schema, properties: Object.fromEntries(annotated) };
}

function toSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io }) as JsonSchema;
  return rest;
}

function toParameters(schema: z.ZodType, notes: Record<string, string>): Parameter[] {
  const properties = toSchema(schema, 'output')['properties'] as Record<string, JsonSchema>;
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: 'query',
    description: notes[name] ?? '',
    required: false,
    schema: property,
    ...(property['type'] === 'array' ? { style: 'form' as const, explode: false } : {}),
  }));
}

function answers(name: string, description: string): ResponseObject {
  const schema = { $ref: `#/components/schemas/${name}` };
  return { description, headers: REQUEST_ID_HEADER, content: { 'application/json': { schema } } };
}

/** One answer per status, which names the codes that it may carry. */
function refusals(...codes: CreditsErrorCode[]): Record<string, ResponseObject> {
  const responses: Record<string, ResponseObject> = {};
  for (const code of [...codes, 'internal', 'unavailable'] as const) {
    const { status, title } = CREDITS_ERRORS[code];
    responses[String(status)] = {
      description: `\`${code}\`: ${title.toLowerCase()}.`,
      headers: REQUEST_ID_HEADER,
      content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
    };
  }
  return responses;
}

const SNAPSHOT_GET: Operation = {
  operationId: 'getSnapshot',
  summary: 'The state of your account now',
  description:
    'Balance and version, and which operations are in them. `ETag` is `"epoch.version"`; `If-None-Match` is answered with 304 when nothing changed and no operations are asked about.',
  parameters: [
    ...toParameters(snapshotQuerySchema, {
      since: 'A version: `applied` then names every own operation committed after it.',
      operations: 'Ids, separated by commas, whose outcome is asked: those that were committed are in `applied`.',
    }),
    {
      name: 'If-None-Match',
      in: 'header',
      description: 'The `ETag` of the state that you have.',
      required: false,
      schema: { type: 'string' },
    },
  ],
  responses: {
    200: answers('Snapshot', 'The account’s state.'),
    304: { description: 'You have this state.', headers: REQUEST_ID_HEADER },
    ...refusals('invalid_request', 'unauthenticated'),
  },
};

const STREAM_GET: Operation = {
  operationId: 'followSnapshot',
  summary: 'The state of your account, and every change of it',
  description:
    'An event stream. `snapshot`: the state, at once and after each change, latest wins; its `id` is `epoch.version`. `heartbeat`: every 15 s. `goodbye {retryAfterMs}`: come back after that. `signed-out`: the session ended. On return, `Last-Event-ID` makes the first snapshot name the operations since.',
  parameters: [
    {
      name: 'Last-Event-ID',
      in: 'header',
      description: 'The `id` of the last snapshot that you had.',
      required: false,
      schema: { type: 'string', pattern: '^[A-Za-z0-9-]{1,64}\\.\\d{1,16}$' },
    },
  ],
  responses: {
    200: {
      description: 'Events until one side ends it. The `data` of a `snapshot` is a Snapshot.',
      headers: REQUEST_ID_HEADER,
      content: { 'text/event-stream': { schema: { type: 'string' } } },
    },
    ...refusals('invalid_request', 'unauthenticated'),
  },
};

const HISTORY_GET: Operation = {
  operationId: 'getHistory',
  summary: 'What happened to your account',
  description: 'A page of entries, newest first, with the state of the account beside it.',
  parameters: toParameters(historyQuerySchema, {
    before: 'A version: only entries before it.',
    limit: 'Most entries of the page; 50 when absent.',
  }),
  responses: { 200: answers('HistoryPage', 'A page of entries.'), ...refusals('invalid_request', 'unauthenticated') },
};

const HOLDS_GET: Operation = {
  operationId: 'getHolds',
  summary: 'What is reserved of your credits',
  description:
    'A page of holds in one state, newest first, with the state of the account at that very instant: all open holds together are `held`. A hold past its end is never listed as open.',
  parameters: toParameters(holdsQuerySchema, {
    state: '`open` when absent: whatever still reserves credits, partly posted holds included.',
    before: 'The id of a hold: only holds made before it.',
    limit: 'Most holds of the page; 50 when absent.',
  }),
  responses: { 200: answers('HoldsPage', 'A page of holds.'), ...refusals('invalid_request', 'unauthenticated') },
};

const SETTLE_POST: Operation = {
  operationId: 'settleOperations',
  summary: 'Make the outcome of operations definite',
  description:
    'For requests whose answer was lost. Each id comes back in `applied` or in `rejected`, for good: an operation that had not arrived is refused if it arrives later. Only from pages of this origin.',
  requestBody: { required: true, content: { 'application/json': { schema: toSchema(settleBodySchema, 'input') } } },
  responses: {
    200: answers('Snapshot', 'The account’s state, with every id decided.'),
    ...refusals('invalid_request', 'unauthenticated', 'forbidden', 'body_too_large'),
  },
};

/**
 * Writes the document.
 *
 * @param basePath - Where the handler answers, such as `/api/credits`.
 */
export function createOpenApiDocument(basePath: string): OpenApiDocument {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Real-Time Credits',
      version: '1.0.0',
      description:
        'The balance of whoever is signed in, live. Amounts are whole credits. Every answer about an account carries its version, and errors are problem documents (RFC 9457) whose `code` is stable.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ session: [] }],
    paths: {
      [`${basePath}${CREDITS_ROUTES.snapshot}`]: { get: SNAPSHOT_GET },
      [`${basePath}${CREDITS_ROUTES.stream}`]: { get: STREAM_GET },
      [`${basePath}${CREDITS_ROUTES.history}`]: { get: HISTORY_GET },
      [`${basePath}${CREDITS_ROUTES.holds}`]: { get: HOLDS_GET },
      [`${basePath}${CREDITS_ROUTES.resolveOperations}`]: { post: SETTLE_POST },
      [`${basePath}${CREDITS_ROUTES.openapi}`]: {
        get: {
          operationId: 'getDocument',
          summary: 'This document',
          description: 'As JSON, for programs.',
          security: [],
          responses: {
            200: { description: 'OpenAPI 3.1.', content: { 'application/json': { schema: { type: 'object' } } } },
          },
        },
      },
      [`${basePath}${CREDITS_ROUTES.docs}`]: {
        get: {
          operationId: 'getDocumentPage',
          summary: 'This document, to read',
          description: 'As a page, for people.',
          security: [],
          responses: { 200: { description: 'A page.', content: { 'text/html': { schema: { type: 'string' } } } } },
        },
      },
    },
    components: {
      schemas: createComponents(),
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'session',
          description: 'The host’s own session, whatever it is made of: the host’s resolver reads it.',
        },
      },
    },
  };
}
