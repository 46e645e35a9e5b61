/**
 * A host's own routes over the package, as a dashboard has them: the balance, purchases that answer with or without the
 * account's state, and an order that is held first and posted or voided when its third party has answered.
 */
import { respondWithSnapshot } from '../../src/http/respond-with-snapshot.ts';
import { acceptCommand } from '../../src/http/accept-command.ts';
import { toProblemResponse } from '../../src/http/to-problem-response.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';

export interface HostOptions {
  ledger: Ledger;
  /** Names the intention behind a key. */
  name: (account: string, key: string, tag: string) => void;
  /** A key for a request that brings none. */
  makeKey: () => string;
  /** What the third party of an order takes. */
  delay: (ms: number) => Promise<void>;
}

/** Answers a route of the host; whose session it is has been decided. */
export async function answerHost(request: Request, account: string, options: HostOptions): Promise<Response> {
  const { ledger, name, makeKey, delay } = options;
  const { pathname, searchParams } = new URL(request.url);
  const read = (parameter: string): string => searchParams.get(parameter) ?? '';
  if (pathname === '/api/user/me') {
    const snapshot = await ledger.snapshot(account);
    return Response.json({ success: true, user: { id: account, coins: snapshot.balance.available }, snapshot });
  }
  try {
    // A plain fetch names no operation: the route makes a key, and a repeated request is another purchase.
    const idempotencyKey = acceptCommand(request, account, { createKey: makeKey });
    name(account, idempotencyKey, read('tag'));
    const command = { account, actor: account, idempotencyKey, reason: read('tag'), amount: Number(read('amount')) };
    const slowMs = pathname === '/api/spend' ? Number(read('takes')) : 0;
    if (slowMs > 0 && (read('charge') === 'late' || read('refuse') !== '')) await delay(slowMs);
    if (read('refuse') !== '') {
      return Response.json({ success: false, code: 'sold_out', message: 'Sold out.' }, { status: 409 });
    }
    if (pathname === '/api/grant') await ledger.grant(command);
    else if (pathname === '/api/spend') await ledger.spend(command);
    else {
      const { hold } = await ledger.hold({ ...command, expiresAfterMs: 20_000 });
      await delay(Number(read('takes')));
      const end = { actor: 'system:orders', hold: hold.id, reason: read('tag'), idempotencyKey: `end:${hold.id}` };
      if (read('fails') !== '') {
        await ledger.void(end);
        const body = { success: false, code: 'panel_refused', message: 'The panel refused.' };
        return await respondWithSnapshot(ledger, account, body, { status: 409, operations: [idempotencyKey] });
      }
      await ledger.post(end);
    }
    if (slowMs > 0 && read('charge') !== 'late') await delay(slowMs);
    const body = { success: true, message: 'Done.' };
    if (read('answer') === 'quiet') return Response.json(body);
    return await respondWithSnapshot(ledger, account, body, { operations: [idempotencyKey] });
  } catch (error) {
    return toProblemResponse(error, 'simulated');
  }
}
