import { toBalance, type Credits } from 'realtime-credits/contract';
import { toEntry, toHold, toLot, toRate } from './journal-views.ts';
import type {
  AccountRef,
  AccountState,
  AlertRecord,
  BatchChanges,
  HoldRecord,
  JournalRow,
  LotAlert,
  LotRecord,
  RateRecord,
} from './state.ts';
import { isSystemAccount } from './system-accounts.ts';

/**
 * Events: what the host wants to be told. They follow from journal rows, in order, and are written with them.
 *
 * A threshold is crossed when `available` reaches it or falls below it. It is armed again once `available` is a tenth
 * above it. The state of an account is the lowest threshold that was crossed and not armed again: all higher ones were
 * crossed as well. 0 is the threshold of `balance.exhausted`; any available credit arms it again.
 */

/** What can be told, by its name on the wire. */
export const WEBHOOK_EVENTS = [
  'balance.low',
  'balance.exhausted',
  'balance.restored',
  'lot.expiring',
  'lot.expired',
  'hold.expired',
  'transfer.posted',
  'rate.settled',
] as const;

export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** What the host configured, parsed. */
export interface EventRules {
  readonly types: ReadonlySet<WebhookEvent>;
  /** Of `balance.low`, in descending order. */
  readonly thresholds: readonly Credits[];
  /** How long before the end of a lot `lot.expiring` is told, in milliseconds. */
  readonly expiringMs: readonly number[];
  /** How many `balance.low` an account may have in a day in UTC. */
  readonly lowPerDay: number;
}

/** What is stored about events, as a batch read it. */
export interface FoundAlerts {
  /** By row id. Accounts without any are absent. */
  readonly accounts: ReadonlyMap<string, AlertRecord>;
  /** Lots of which it is time to tell that they expire. */
  readonly lots: readonly { readonly alert: LotAlert; readonly lot: LotRecord }[];
}

type EventChanges = Pick<BatchChanges, 'events' | 'alerts' | 'lotAlertsOpened' | 'lotAlertsDone'>;

const DAY_MS = 86_400_000;

/** From which available credits on a threshold is armed again. */
function rearmsAt(threshold: Credits): Credits {
  return threshold + Math.max(1, Math.ceil(threshold / 10));
}

/** The events of a batch. */
export class Events {
  readonly #rules: EventRules;
  readonly #levels: readonly Credits[];
  readonly #found: FoundAlerts;
  readonly #alerts = new Map<string, AlertRecord>();
  readonly #changes: EventChanges;
  readonly #nowMs: number;

  constructor(rules: EventRules, found: FoundAlerts, { changes, nowMs }: { changes: EventChanges; nowMs: number }) {
    this.#rules = rules;
    const isAlerting = (['balance.low', 'balance.exhausted', 'balance.restored'] as const).some((type) =>
      rules.types.has(type),
    );
    this.#levels = isAlerting ? [...rules.thresholds, 0] : [];
    this.#found = found;
    this.#changes = changes;
    this.#nowMs = nowMs;
  }

  /** Tells what a row says. `change` is what it added to the available credits of each side. */
  observe(
    row: JournalRow,
    { hold, rate }: { hold?: HoldRecord | undefined; rate?: RateRecord | undefined },
    changes: readonly { account: AccountState; direction: 'debit' | 'credit'; available: number }[],
  ): void {
    for (const { account, direction, available } of changes) {
      if (isSystemAccount(account.id)) continue;
      const entry = toEntry(row, direction);
      if (rate !== undefined) this.#tell('rate.settled', account, { entry, rate: toRate(rate) });
      else if (row.kind === 'breakage') this.#tell('lot.expired', account, { entry });
      else if (row.kind === 'expire' && hold !== undefined) {
        this.#tell('hold.expired', account, { entry, hold: toHold(hold) });
      } else if (entry.transfer !== null) this.#tell('transfer.posted', account, { entry });
      this.#cross(account, available);
    }
  }

  /** Notes when to tell that a lot expires. Instants that have passed are left out. */
  watchLot({ id, number, version }: AccountState, part: number, expiresAtMs: number | null): void {
    if (expiresAtMs === null || !this.#rules.types.has('lot.expiring')) return;
    for (const ms of this.#rules.expiringMs) {
      const atMs = expiresAtMs - ms;
      if (atMs > this.#nowMs) this.#changes.lotAlertsOpened.push({ account: { id, number }, version, part, atMs });
    }
  }

  /** Tells which lots are about to expire. What is spent or expired by now is left out. */
  announceLots(findAccount: (id: string) => AccountState, findLot: (lot: LotRecord) => LotRecord): void {
    for (const { alert, lot } of this.#found.lots) {
      this.#changes.lotAlertsDone.push(alert);
      const current = findLot(lot);
      if (current.free > 0) this.#tell('lot.expiring', findAccount(lot.account.id), { lot: toLot(current) });
    }
  }

  /** What has to be left of an account for the next threshold to be crossed; null when there is none. */
  nextThreshold(account: AccountState): Credits | null {
    if (this.#levels.length === 0) return null;
    const available = account.posted - account.held;
    const { level } = this.#alertOf(account, available);
    return this.#levels.find((each) => each < available && (level === null || each < level)) ?? null;
  }

  #cross(account: AccountState, change: number): void {
    if (this.#levels.length === 0) return;
    const available = account.posted - account.held;
    const alert = this.#alertOf(account, available - change, available);
    const { level } = alert;
    const armed = this.#rearm(level, available);
    const crossed = this.#levels.findLast((each) => available <= each && (armed === null || each < armed));
    alert.level = crossed ?? armed;
    if (alert.level !== level) this.#changes.alerts.add(alert);
    if (level === 0 && armed !== 0) this.#tell('balance.restored', account);
    if (crossed === 0) this.#tell('balance.exhausted', account);
    else if (crossed !== undefined) this.#tellLow(account, alert, crossed);
  }

  #tellLow(account: AccountState, alert: AlertRecord, threshold: Credits): void {
    const day = Math.floor(this.#nowMs / DAY_MS);
    if (alert.day !== day) [alert.day, alert.lows] = [day, 0];
    if (alert.lows >= this.#rules.lowPerDay) return;
    alert.lows += 1;
    this.#tell('balance.low', account, { threshold });
  }

  /** The alert of an account of which this was available before a change, and after it. */
  #alertOf({ id, number }: AccountState, before: Credits, after = before): AlertRecord {
    const found = this.#found.accounts.get(id);
    const account: AccountRef = { id, number };
    // What a process without this configuration changed is made up for.
    const level = found === undefined ? null : this.#rearm(found.level, before);
    const alert = this.#alerts.get(id) ?? { account, level, day: found?.day ?? 0, lows: found?.lows ?? 0 };
    this.#alerts.set(id, alert);
    // Nothing was told of this account: what it is below is passed over, and what it is above is armed.
    if (found === undefined && !this.#changes.alerts.has(alert)) {
      const most = Math.max(before, after);
      alert.level = this.#levels.findLast((each) => most <= each) ?? null;
    }
    return alert;
  }

  /** The lowest threshold from this one on that is not armed again. */
  #rearm(level: Credits | null, available: Credits): Credits | null {
    if (level === null) return null;
    return this.#levels.findLast((each) => each >= level && available < rearmsAt(each)) ?? null;
  }

  #tell(type: WebhookEvent, account: AccountState, data: Record<string, unknown> = {}): void {
    if (!this.#rules.types.has(type)) return;
    const { id, number, version, posted, held } = account;
    const body = JSON.stringify({
      type,
      timestamp: new Date(this.#nowMs).toISOString(),
      data: { account: id, version, balance: toBalance(posted, held), ...data },
    });
    this.#changes.events.push({ account: { id, number }, type, body, createdAtMs: this.#nowMs });
  }
}
