/**
 * The OpenAPI document of the handler. Shapes come from `schemas.ts`, errors from the error table; the texts are here.
 */
import { z } from 'zod';
import { CREDITS_ERRORS, CREDITS_ROUTES, type CreditsErrorCode, PROBLEM_TYPE } from 'realtime-credits/contract';
import {
  balanceSchema,
  entrySchema,
  errorCodeSchema,
  historyPageSchema,
  historyQuerySchema,
  problemSchema,
  resolveBodySchema,
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
  /** Empty: open to everyone. Absent: signed-in users of the host. */
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
    posted: 'Whole credits that have been booked.',
    held: 'Whole credits reserved by open holds.',
    available: 'What may be spent now: posted − held. This is the number that people see.',
  },
  Snapshot: {
    account: 'Whose state this is.',
    epoch: 'Names the state of the database that versions belong to. Another epoch: it was restored or recreated.',
    version: 'Gapless counter of the account, +1 for each entry. Equal versions mean equal state.',
    from: '`applied` is complete for the versions after this one.',
    applied: 'Operations of the account itself, committed in (from, version], and those that were asked for by id.',
    rejected: 'Operations that can never be applied any more. Only in responses to a request by id.',
  },
  Entry: {
    version: 'Position in the account’s history.',
    direction: '`debit` lowers the balance, `credit` raises it.',
    amount: 'Whole credits, 1 or more.',
    counterparty: 'The other account where it is a system account; null for a person’s.',
    actor: 'The account itself, a part of the system, or `other`.',
    metadata: 'Empty unless the host chose to show it.',
  },
  HistoryPage: { next: 'Pass as `before` to read on; null on the last page.' },
  Problem: {
    code: 'For programs. Codes are stable.',
    detail: 'For people.',
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
  registry.add(problemSchema, { id: 'Problem' });
  const uri = (id: string): string => `#/components/schemas/${id}`;
  // As input, which leaves objects open: a field that a later version adds must not break a reader of this document.
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

function response(name: string, description: string): ResponseObject {
  const schema = { $ref: `#/components/schemas/${name}` };
  return { description, headers: REQUEST_ID_HEADER, content: { 'application/json': { schema } } };
}

/** One response per status, which names the codes that it may carry. */
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
  description: 'Balance and version, and which operations they contain.',
  parameters: [
    ...toParameters(snapshotQuerySchema, {
      since: 'A version: `applied` then lists every operation of the account committed after it.',
      operations: 'Ids, separated by commas: those that were committed are in `applied`.',
    }),
  ],
  responses: {
    200: response('Snapshot', 'The account’s state.'),
    ...refusals('invalid_request', 'unauthenticated'),
  },
};

const STREAM_GET: Operation = {
  operationId: 'streamSnapshots',
  summary: 'The state of your account, and every change of it',
  description:
    'An event stream. `snapshot`: the state, at once and after each change; the latest wins; its `id` is `epoch.version`. `heartbeat`: every 15 s. `goodbye {retryAfterMs}`: reconnect after that. `signed-out`: the session ended. `Last-Event-ID` makes the first snapshot list the operations since then.',
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
  responses: { 200: response('HistoryPage', 'A page of entries.'), ...refusals('invalid_request', 'unauthenticated') },
};

const RESOLVE_POST: Operation = {
  operationId: 'resolveOperations',
  summary: 'Make the outcome of operations final',
  description:
    'For requests whose response was lost. Each id is returned in `applied` or in `rejected`, permanently: an operation that had not arrived is refused if it arrives later. Only from pages of this origin or of a trusted one.',
  requestBody: { required: true, content: { 'application/json': { schema: toSchema(resolveBodySchema, 'input') } } },
  responses: {
    200: response('Snapshot', 'The account’s state, with every id decided.'),
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
        'The balance of the signed-in user, live. Amounts are whole credits. Every response about an account carries its version, and errors are problem documents (RFC 9457) whose `code` is stable.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ session: [] }],
    paths: {
      [`${basePath}${CREDITS_ROUTES.snapshot}`]: { get: SNAPSHOT_GET },
      [`${basePath}${CREDITS_ROUTES.stream}`]: { get: STREAM_GET },
      [`${basePath}${CREDITS_ROUTES.history}`]: { get: HISTORY_GET },
      [`${basePath}${CREDITS_ROUTES.resolveOperations}`]: { post: RESOLVE_POST },
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
    },
    components: {
      schemas: createComponents(),
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'session',
          description: 'The session of the host, in a cookie or a header: the host’s `identify` reads it.',
        },
      },
    },
  };
}
