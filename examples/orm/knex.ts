import type { Knex } from 'knex';
import type { ClientBase } from 'pg';
import type { Ledger, TransferReceipt } from 'realtime-credits-server';

interface Purchase {
  account: string;
  product: string;
  price: number;
  idempotencyKey: string;
}

/** Charges for an order and stores it: both, or neither. */
export function buy(
  knex: Knex,
  ledger: Ledger,
  { account, product, price, idempotencyKey }: Purchase,
): Promise<TransferReceipt> {
  return knex.transaction(async (trx) => {
    const client = (await trx.client.acquireConnection()) as ClientBase; // the connection of this transaction
    const spend = { account, actor: account, amount: price, reason: product, idempotencyKey };
    const receipt = await ledger.within(client).spend(spend);
    // A repeated request gets the first receipt: its order is stored.
    if (!receipt.replayed) await trx('orders').insert({ transfer: receipt.transfer.id, account, product });
    return receipt;
  });
}
