import { assertStorable, CreditsError } from 'realtime-credits/contract';

/** The largest body that the handler reads. */
export const BODY_BYTES_MAX = 65_536;

function tooLarge(bodyBytesMax: number): CreditsError {
  return new CreditsError('body_too_large', `The request body exceeds ${bodyBytesMax} bytes.`);
}

/**
 * Reads a JSON body of limited size. The declared length is only a first check: the bytes are counted as they arrive.
 *
 * @param options.bodyBytesMax - In bytes. @default 65_536
 * @throws {CreditsError} `body_too_large`
 * @throws {CreditsError} `invalid_request` — no body, not UTF-8, not JSON, or with text that no database takes.
 */
export async function readJson(request: Request, options: { bodyBytesMax?: number } = {}): Promise<unknown> {
  try {
    const bytes = await readBytes(request, options);
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    assertStorable(value, 'The request body');
    return value;
  } catch (cause) {
    if (cause instanceof CreditsError) throw cause;
    throw new CreditsError('invalid_request', 'The request body is not JSON.', { cause });
  }
}

/**
 * Reads a body of limited size, of any kind; an absent one is empty.
 *
 * @param options.bodyBytesMax - In bytes. @default 65_536
 * @throws {CreditsError} `body_too_large`
 */
export async function readBytes(request: Request, options: { bodyBytesMax?: number } = {}): Promise<Uint8Array> {
  const { bodyBytesMax = BODY_BYTES_MAX } = options;
  if (Number(request.headers.get('content-length') ?? 0) > bodyBytesMax) throw tooLarge(bodyBytesMax);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = request.body?.getReader();
  for (let chunk = await reader?.read(); chunk !== undefined && !chunk.done; chunk = await reader?.read()) {
    bytes += chunk.value.byteLength;
    if (bytes > bodyBytesMax) {
      // Not awaited: a sender that never stops could make the cancellation wait as well.
      void reader?.cancel().catch(() => undefined);
      throw tooLarge(bodyBytesMax);
    }
    chunks.push(chunk.value);
  }
  return Buffer.concat(chunks);
}
