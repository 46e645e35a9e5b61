import fc, { type Arbitrary } from 'fast-check';
import { hostileText, hostileValue, toWellFormed, writeJson } from './hostile.ts';
import { withHeaders, type Sketch } from './recorded.ts';
import { ACTORS } from './wire.ts';

type JsonSchema = Record<string, unknown>;

interface Operation {
  parameters?: { name: string; in: string; schema: JsonSchema }[];
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
}

/** What is read of the document. */
export interface OpenApiDocument {
  paths: Record<string, Record<string, Operation>>;
}

/** Requests of an OpenAPI document: each parameter is valid, just beyond its bounds, hostile, or left out. */
export function sketchesOf(document: OpenApiDocument): Arbitrary<Sketch> {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => sketchOf(method.toUpperCase(), path, operation)),
  );
  return fc.oneof(...operations);
}

function sketchOf(method: string, path: string, { parameters = [], requestBody }: Operation): Arbitrary<Sketch> {
  const given = parameters.map(({ name, in: place, schema }) =>
    fc
      .option(fc.oneof({ weight: 3, arbitrary: valueOf(schema) }, { weight: 1, arbitrary: hostileText }))
      .map((value) => ({ name, place, text: value === null ? null : toText(value) })),
  );
  const schema = requestBody?.content['application/json']?.schema;
  const json = schema === undefined ? fc.constant(undefined) : fc.oneof(valueOf(schema), hostileValue);
  return fc.tuple(fc.constantFrom(...ACTORS), fc.tuple(...given), json).map(([as, values, value]) => {
    const present = values.filter(({ text }) => text !== null);
    const query = present
      .filter(({ place }) => place === 'query')
      .map(({ name, text }) => `${name}=${encodeURIComponent(toWellFormed(text ?? ''))}`);
    const headers = present
      .filter(({ place }) => place === 'header')
      .map(({ name, text }) => [name, Buffer.from((text ?? '').replaceAll(/[\r\n]/g, '')).toString('latin1')] as const);
    const target = query.length === 0 ? path : `${path}?${query.join('&')}`;
    const body = value === undefined ? {} : { json: value, body: writeJson(value) };
    return withHeaders({ as, method, target, ...body }, headers);
  });
}

function toText(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}

/** Values of a schema, and their neighbours beyond its bounds. */
function valueOf(schema: JsonSchema): Arbitrary<unknown> {
  const {
    type,
    minimum = -1,
    maximum = Number.MAX_SAFE_INTEGER,
    pattern,
    maxLength,
    items,
    maxItems,
  } = schema as {
    [name: string]: unknown;
    minimum?: number;
    maximum?: number;
    pattern?: string;
    maxLength?: number;
    items?: JsonSchema;
    maxItems?: number;
  };
  switch (type) {
    case 'integer':
      return fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constantFrom(minimum, minimum - 1, maximum, maximum + 1));
    case 'array':
      return fc.array(valueOf(items ?? {}), { maxLength: Math.min(maxItems ?? 20, 100) + 1, size: 'medium' });
    case 'object': {
      const properties = (schema['properties'] ?? {}) as Record<string, JsonSchema>;
      return fc.record(Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, valueOf(each)])));
    }
    case 'string':
      return fc.oneof(
        pattern === undefined ? fc.string() : fc.stringMatching(new RegExp(pattern)),
        fc.constantFrom('x'.repeat(maxLength ?? 10), 'x'.repeat((maxLength ?? 10) + 1)),
      );
    default:
      return hostileValue;
  }
}
