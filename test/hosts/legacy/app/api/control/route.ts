import { obey, type Order } from '@/server/control';

/** For the tests alone: a host that was not started by them has no such route. */
export async function POST(request: Request): Promise<Response> {
  if (process.env['LEGACY_HOST_CONTROL'] !== '1') return new Response(null, { status: 404 });
  const done = obey((await request.json()) as Order);
  return done === null ? new Response(null, { status: 404 }) : Response.json(done);
}
