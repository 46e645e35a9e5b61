import assert from 'node:assert/strict';
import { CreditsError, parseVersion, type Snapshot } from 'realtime-credits/contract';
import { SYSTEM_CLOCK, type Clock } from '../clock.ts';
import { ChangeListeners } from './change-listeners.ts';
import { ExpirySweep } from './expiry.ts';
import type { Ledger, LedgerCommands } from './ledger.ts';
import { observeCommand, type CreditsObserver } from './observer.ts';
import { parseHeads, parseHistory, parseHolds, parseInstant, parseLots, parseVerify } from './parse-read.ts';
import { COMMANDS, type CommandIntent, type Intent } from './rules/command-table.ts';
import { parseHoldId } from './rules/hold-id.ts';
import { parseUserAccount } from './rules/parse.ts';
import { toRatesPage } from './rules/rates-page.ts';
import { parseOperations, resolveOperations } from './rules/resolve-operations.ts';
import { formatTransferId, parseTransferId } from './rules/transfer-id.ts';
import type { LedgerStorage } from './storage.ts';
import { Deliveries } from './webhooks/deliveries.ts';
import type { WebhookConfiguration } from './webhooks/options.ts';
import { createWebhookLog, type Outbox } from './webhooks/outbox.ts';
import { deliver } from './webhooks/send.ts';
import { Writer } from './writer.ts';

/** What can be set whatever the storage. */
export interface LedgerTimeOptions {
  /** For tests. @default the database's for instants, the machine's for timers */
  clock?: Pick<Clock, 'wallMs' | 'setTimer'>;
  /** Milliseconds between two checks for what is to be settled without being read: holds, lots, rates, allowances. @default 250 */
  expirySweepMs?: number;
  /** Called for what went wrong in the background. */
  onWarning?: (message: string, cause: unknown) => void;
  /** For metrics and traces. */
  observer?: CreditsObserver;
}

/** Commands inside transactions of the host. Only storages with SQL have them. */
export interface Transactions extends Pick<Ledger, 'transaction' | 'within'> {
  /** Refuses what would wait for the transaction that it is called in. */
  assertOutside(): void;
  /** Refuses new transactions, and waits for those that are running. */
  close(): Promise<void>;
}

export interface LedgerOnStorageOptions extends LedgerTimeOptions {
  storage: LedgerStorage;
  /** Where events are. @default none */
  outbox?: Outbox;
  /** Where to send events. @default nowhere */
  webhooks?: WebhookConfiguration | null;
  /** @param announce - To be called with the accounts that a transaction changed, after its commit. */
  createTransactions?: (announce: (accounts: readonly string[]) => void) => Transactions;
}

/** A ledger on any storage. Hosts use `createLedger`; the simulator uses this one. */
export function createLedgerOnStorage(options: LedgerOnStorageOptions): Ledger {
  const { storage, clock = SYSTEM_CLOCK, expirySweepMs: sweepMs = 250 } = options;
  const { onWarning = () => undefined, createTransactions = refuseTransactions, observer } = options;
  const { outbox, webhooks = null } = options;
  const changes = new ChangeListeners({ storage, onWarning, onAnnounce: () => sweep.markDue() });
  const writer = new Writer({ storage, clock, onCommit: changes.announce, tracer: observer?.tracer });
  const submitUpkeep = (intent: Intent) => writer.submit(intent);
  const sweep = new ExpirySweep({ storage, clock, sweepMs, submit: submitUpkeep, onWarning });
  const transactions = createTransactions(changes.announce);
  const deliveries =
    webhooks === null || outbox === undefined
      ? null
      : new Deliveries({
          outbox,
          send: (event, nowMs) => deliver(event, webhooks.receiver, { nowMs }),
          keepMs: webhooks.keepMs,
          clock,
          onWarning,
        });
  // A process that commits events and dies leaves them to the others.
  if (deliveries !== null) changes.subscribe(deliveries.wake);

  async function submit(intent: Intent) {
    transactions.assertOutside();
    return writer.submit(intent);
  }

  async function read<Result>(work: () => Promise<Result>): Promise<Result> {
    transactions.assertOutside();
    try {
      return await work();
    } catch (error) {
      throw storage.toCreditsError(error);
    }
  }

  /** Reads twice when the first read encountered something that time must settle: equal versions must mean equal state. */
  async function readSettled<Result extends { hasExpired: boolean }>(
    account: string,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const first = await read(work);
    if (!first.hasExpired) return first;
    await submit({ kind: 'expire', account });
    return read(work);
  }

  async function readSnapshot(
    account: string,
    since: number | null = null,
    operations: readonly string[] = [],
  ): Promise<Snapshot> {
    const query = { account, since, operations, nowMs: clock.wallMs() };
    return (await readSettled(account, () => storage.readSnapshot(query))).snapshot;
  }

  return Object.freeze<Ledger>({
    ...createCommands(submit, observer),
    transaction: transactions.transaction,
    within: transactions.within,
    epoch: storage.epoch,
    get notificationGeneration() {
      return storage.notificationGeneration;
    },
    get queueLength() {
      return writer.length;
    },
    async snapshot(account, { since, operations = [] } = {}) {
      const from = since === undefined ? null : parseVersion(since, 'since');
      return readSnapshot(parseUserAccount(account), from, parseOperations(operations));
    },
    async resolveOperations(account, operations) {
      const intent = resolveOperations.parse(account, operations);
      await submit(intent);
      return readSnapshot(
        intent.account,
        null,
        intent.operations.map(({ key }) => key),
      );
    },
    async versions(accounts) {
      const ids = accounts.map((account) => parseUserAccount(account, 'accounts'));
      return read(() => storage.readVersions(ids));
    },
    async balance(account) {
      const { balance, version } = await readSnapshot(parseUserAccount(account));
      return { balance, version };
    },
    async history(account, page) {
      const id = parseUserAccount(account);
      const { before, limit } = parseHistory(page);
      const snapshot = await readSnapshot(id);
      const end = snapshot.version + 1;
      const query = { account: id, before: Math.min(before ?? end, end), limit };
      const entries = await read(() => storage.readEntries(query));
      const last = entries.at(-1)?.version ?? 1;
      return { entries, next: last > 1 ? last : null, snapshot };
    },
    async balanceAt(account, at) {
      const id = parseUserAccount(account);
      const instantMs = 'version' in at ? null : parseInstant(at.instant);
      const asked = 'version' in at ? parseVersion(at.version) : 0;
      const current = await readSnapshot(id);
      const version = instantMs === null ? asked : await read(() => storage.readVersionAt(id, instantMs));
      const balance = await read(() => storage.readBalanceAt(id, version));
      if (balance !== null) return { balance, version };
      const message = `Account ${id} has no version ${version}: it is at ${current.version}.`;
      throw new CreditsError('invalid_request', message, { details: { field: 'version' } });
    },
    async findTransfer(id) {
      const transfer = parseTransferId(id);
      const found = await read(() => storage.readTransfer(transfer));
      if (found !== null) return found;
      throw new CreditsError('transfer_not_found', `There is no transfer ${formatTransferId(transfer)}.`);
    },
    async findHold(id) {
      const holdId = parseHoldId(id);
      const find = async () => {
        const hold = await read(() => storage.readHold(holdId));
        if (hold === null) throw new CreditsError('hold_not_found', `There is no hold ${holdId}.`);
        return hold;
      };
      const hold = await find();
      if (hold.remaining === 0 || Date.parse(hold.expiresAt) > clock.wallMs()) return hold;
      await submit({ kind: 'expire', account: hold.account });
      return find();
    },
    async holds(account, list) {
      const query = { account: parseUserAccount(account), ...parseHolds(list), nowMs: clock.wallMs() };
      return (await readSettled(query.account, () => storage.readHolds(query))).page;
    },
    async lots(account, list) {
      const query = { account: parseUserAccount(account), limit: parseLots(list), nowMs: clock.wallMs() };
      return (await readSettled(query.account, () => storage.readLots(query))).page;
    },
    async rates(account) {
      const query = { account: parseUserAccount(account), nowMs: clock.wallMs() };
      return toRatesPage(await readSettled(query.account, () => storage.readRates(query)), query.nowMs);
    },
    async allowances(account) {
      const query = { account: parseUserAccount(account), nowMs: clock.wallMs() };
      return (await readSettled(query.account, () => storage.readAllowances(query))).page;
    },
    async allHolds(list) {
      const query = parseHolds(list);
      await read(() => sweep.expireAll());
      return read(() => storage.readAllHolds(query));
    },
    async verify(what) {
      const parsed = parseVerify(what);
      const report = await read(() => storage.verify({ ...parsed, nowMs: clock.wallMs() }));
      observer?.onVerified?.(report);
      return report;
    },
    async heads(page) {
      const query = parseHeads(page);
      const heads = await read(() => storage.readHeads(query));
      return { heads, next: heads.length < query.limit ? null : (heads.at(-1)?.account ?? null) };
    },
    circulation: () => read(() => storage.readCirculation()),
    webhooks: createWebhookLog(outbox, {
      read,
      nowMs: clock.wallMs,
      onReplay: () => deliveries?.wake(),
    }),
    onChange: (listener) => changes.subscribe(listener),
    async close() {
      await sweep.close();
      await transactions.close();
      await writer.close();
      await deliveries?.close();
      await changes.close();
    },
  });
}

/** The methods of the command table: each parses its command and submits it. */
export function createCommands(
  submit: (intent: CommandIntent) => Promise<unknown>,
  observer: CreditsObserver | undefined,
): LedgerCommands {
  const commands = Object.entries(COMMANDS).map(([name, { parse }]) => [
    name,
    (command: never) =>
      observeCommand(observer, name as keyof LedgerCommands, async () => {
        const receipt = await submit(parse(command));
        assert(receipt !== null, 'The command has no receipt.');
        return receipt;
      }),
  ]);
  return Object.fromEntries(commands) as LedgerCommands;
}

function refuseTransactions(): Transactions {
  const refusal = new CreditsError('invalid_request', 'This storage has no transactions of the host.');
  return {
    transaction: () => Promise.reject(refusal),
    within() {
      throw refusal;
    },
    assertOutside: () => undefined,
    close: () => Promise.resolve(),
  };
}
