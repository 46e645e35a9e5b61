import { drizzle } from 'drizzle-orm/node-postgres';
import { pgTable, text } from 'drizzle-orm/pg-core';
import type { PoolClient } from 'pg';
import type { Ledger, TransferReceipt } from 'realtime-credits-server';

interface Purchase {
  account: string;
  product: string;
  price: number;
  idempotencyKey: string;
}

const orders = pgTable('orders', {
  transfer: text().primaryKey(),
  account: text().notNull(),
  product: text().notNull(),
});

/** Charges for an order and stores it: both, or neither. */
export function buy(ledger: Ledger, { account, product, price, idempotencyKey }: Purchase): Promise<TransferReceipt> {
  return ledger.transaction(async ({ client, ledger: joined }) => {
    const db = drizzle(client as PoolClient); // your queries, on the connection of this transaction
    const spend = { account, actor: account, amount: price, reason: product, idempotencyKey };
    const receipt = await joined.spend(spend);
    // A repeated request gets the first receipt: its order is stored.
    if (!receipt.replayed) await db.insert(orders).values({ transfer: receipt.transfer.id, account, product });
    return receipt;
  });
}
