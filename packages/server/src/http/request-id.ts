/** Ids of requests as proxies and tracers write them. Nothing in them can forge a log line or a header. */
const REQUEST_ID_PATTERN = /^[\w.-]{1,128}$/;

/** The id that the sender gave a request in `X-Request-Id`; null when there is none, or one that is malformed. */
export function readRequestId(request: Request): string | null {
  const id = request.headers.get('x-request-id');
  return id !== null && REQUEST_ID_PATTERN.test(id) ? id : null;
}
