import { CREDITS_PATH } from 'realtime-credits';
import type { Metrics } from '../metrics.ts';
import { currentRequest, currentRequestId, REQUEST_ID_HEADER, runRequest, toRequestId } from './request-scope.ts';

type Fetch = (request: Request) => Promise<Response>;

/** Runs every request of the API in its scope, serves HEAD as GET without the body, and counts responses. */
export function serveRequests(api: Fetch, metrics: Pick<Metrics, 'countResponse'>): Fetch {
  async function serve(request: Request): Promise<Response> {
    const requestId = currentRequestId();
    // Setting one copies them all; the listener has set it already.
    if (request.headers.get(REQUEST_ID_HEADER) !== requestId) request.headers.set(REQUEST_ID_HEADER, requestId);
    const response = isPlainHead(request) ? await withoutBody(request, api) : await api(request);
    response.headers.set(REQUEST_ID_HEADER, requestId);
    metrics.countResponse(request.method, response.status);
    return response;
  }
  return (request) => {
    // A page that reads a route is the same request of the same person.
    if (currentRequest() !== null) return serve(request);
    const { headers } = request;
    const requestId = toRequestId(headers.get(REQUEST_ID_HEADER));
    return runRequest({ requestId, acceptLanguage: headers.get('accept-language') }, () => serve(request));
  };
}

/** The handler of the credits knows which of its routes have a HEAD: of a stream, it would never end. */
function isPlainHead({ method, url }: Request): boolean {
  return method === 'HEAD' && !new URL(url).pathname.startsWith(CREDITS_PATH);
}

async function withoutBody(request: Request, api: Fetch): Promise<Response> {
  const response = await api(new Request(request.url, { headers: request.headers }));
  await response.body?.cancel();
  return new Response(null, response);
}
