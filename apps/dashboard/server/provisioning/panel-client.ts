import type { CreditsTracer } from 'realtime-credits-server';
import { z } from 'zod';
import { ProvisioningError } from './provisioner.ts';

export interface PanelClientOptions {
  /** The panel's origin, without a trailing slash. */
  url: string;
  apiKey: string;
  /** How long one request may take. Making a server writes to the panel's node, too. @default 15_000 */
  timeoutMs?: number;
  tracer?: CreditsTracer;
}

/** A definite answer: 2xx or 4xx. */
export interface PanelAnswer {
  status: number;
  body: unknown;
  /** The fields that a 422 names. */
  sources: ReadonlySet<string>;
  /** What to tell a person: never the panel's own words about its inside. */
  sentence: string;
}

export interface PanelClient {
  /**
   * Sends one request below `/api/application`.
   * @throws {ProvisioningError} `unknown` — no answer, or one that says nothing about what happened (429, 5xx).
   */
  send(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<PanelAnswer>;
  /** Reads an answer. @throws {ProvisioningError} `unknown` — it is not what the panel's documentation says. */
  parse<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema>;
}

/** More than any list that we ask for. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

const errorsSchema = z.object({
  errors: z.array(
    z.object({
      code: z.string(),
      meta: z.object({ source_field: z.string() }).partial().optional(),
      source: z.object({ field: z.string() }).partial().optional(),
    }),
  ),
});

export function createPanelClient({ url, apiKey, timeoutMs = 15_000, tracer }: PanelClientOptions): PanelClient {
  const send: PanelClient['send'] = (method, path, body) => {
    if (tracer === undefined) return request(method, path, body);
    const describe = ({ status }: PanelAnswer) => ({ 'http.response.status_code': status });
    // What follows the first part of a path are ids and addresses.
    const name = `panel ${method} /${/\w+/.exec(path)?.[0] ?? ''}`;
    return tracer.run({ name, kind: 'client', describe }, () => request(method, path, body));
  };

  async function request(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<PanelAnswer> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${url}/api/application${path}`, {
        method,
        headers: {
          Authorization: `Bearer ${apiKey}`,
          Accept: 'application/json',
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        // A panel that redirects is not the panel: the key goes nowhere else.
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      text = (await response.text()).slice(0, ANSWER_BYTES_MAX);
    } catch (cause) {
      throw new ProvisioningError('unknown', 'The panel did not answer.', { cause });
    }
    const { status } = response;
    if (status >= 500 || status === 408 || status === 429) {
      throw new ProvisioningError('unknown', 'The panel has trouble right now.', {
        cause: `${method} ${path}: ${status}`,
      });
    }
    const parsed = parseJson(text);
    const errors = errorsSchema.safeParse(parsed).data?.errors ?? [];
    return {
      status,
      body: parsed,
      sources: new Set(errors.map((error) => error.meta?.source_field ?? error.source?.field ?? '')),
      sentence: toSentence(
        status,
        errors.map((error) => error.code),
      ),
    };
  }

  function parse<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
    const parsed = schema.safeParse(body);
    if (!parsed.success) {
      throw new ProvisioningError('unknown', 'The panel said something that we do not understand.', {
        cause: parsed.error,
      });
    }
    return parsed.data;
  }

  return Object.freeze({ send, parse });
}

function toSentence(status: number, codes: readonly string[]): string {
  if (codes.some((code) => code.startsWith('NoViable'))) return 'There is no room for this plan right now.';
  if (status === 401 || status === 403) return 'The panel does not let the dashboard in; the operator must look at it.';
  if (status === 422) return 'The panel did not accept the order.';
  return 'The panel refused the order.';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
