/**
 * A file to keep, made piece by piece as it is read: memory does not grow with it. Its name gets the day (UTC).
 *
 * @param name - With its ending, such as `credits.csv`.
 */
export function toDownload(
  pieces: AsyncGenerator<string, void>,
  { name, type, requestId }: { name: string; type: string; requestId: string },
): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await pieces.return();
    },
  });
  const [base, ending] = name.split('.');
  return new Response(body, {
    headers: {
      'Content-Type': `${type}; charset=utf-8`,
      'Content-Disposition': `attachment; filename="${base}-${new Date().toISOString().slice(0, 10)}.${ending}"`,
      'Cache-Control': 'private, no-store',
      'X-Request-Id': requestId,
    },
  });
}
