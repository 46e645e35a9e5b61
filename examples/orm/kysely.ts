import { Kysely, PostgresDialect } from 'kysely';
import type { ClientBase, PoolClient } from 'pg';
import type { Ledger, TransferReceipt } from 'realtime-credits-server';

interface Purchase {
  account: string;
  product: string;
  price: number;
  idempotencyKey: string;
}

interface Tables {
  orders: { transfer: string; account: string; product: string };
}

/** Kysely on one connection, which belongs to somebody else: it is never released or ended here. */
function onClient(client: ClientBase): Kysely<Tables> {
  const query: PoolClient['query'] = client.query.bind(client);
  const connect = async () => ({ query, release: () => undefined });
  return new Kysely({ dialect: new PostgresDialect({ pool: { connect, end: async () => undefined } }) });
}

/** Charges for an order and stores it: both, or neither. */
export function buy(ledger: Ledger, { account, product, price, idempotencyKey }: Purchase): Promise<TransferReceipt> {
  return ledger.transaction(async ({ client, ledger: joined }) => {
    const db = onClient(client); // your queries, on the connection of this transaction
    const spend = { account, actor: account, amount: price, reason: product, idempotencyKey };
    const receipt = await joined.spend(spend);
    // A repeated request gets the first receipt: its order is stored.
    if (!receipt.replayed) {
      await db.insertInto('orders').values({ transfer: receipt.transfer.id, account, product }).execute();
    }
    return receipt;
  });
}
