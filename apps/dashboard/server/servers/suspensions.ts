import type { Ledger } from 'realtime-credits-server';
import type { Provisioner } from '../provisioning/provisioner.ts';
import type { ServerRow, ServerRows } from './server-rows.ts';

/**
 * Keeps the panel in line with what is paid: a server that its owner stopped, or for which no credits are left, is
 * suspended there, and no other is. The ledger suspends and resumes rates by itself; here the panel is told.
 *
 * Notifications make it fast, and the sweep makes it certain. A row is leased while the panel is told, so of two
 * instances one tells it, and the one that does looks again afterwards.
 */
export interface Suspensions {
  /** Begins to react to changes of the ledger. */
  start(): void;
  /** Waits for what is under way. */
  stop(): Promise<void>;
  /** Tells the panel about one row, if there is something to tell. */
  settle(row: ServerRow): Promise<void>;
  /** Looks at rows that nobody looked at for longest. Returns at how many. */
  sweep(): Promise<number>;
}

export interface SuspensionsOptions {
  ledger: Ledger;
  rows: ServerRows;
  provisioner: Provisioner;
  onWarning: (message: string, cause: unknown) => void;
}

const ACCOUNTS_MAX = 200;
const SWEEP_MAX = 50;
/** A server that is stopped and started all the time is left to the next sweep. */
const ROUNDS_MAX = 5;
/** How long to wait for another process that works on the row. */
const RETRY_MS = 1_000;

export function createSuspensions({ ledger, rows, provisioner, onWarning }: SuspensionsOptions): Suspensions {
  const changed = new Set<string>();
  let working: Promise<void> | null = null;
  let retry: NodeJS.Timeout | undefined;
  let stopListening: (() => void) | null = null;

  const isListening = (): boolean => stopListening !== null;

  async function readWanted(row: ServerRow): Promise<boolean> {
    if (!row.powered) return true;
    if (row.rateId === null) return false;
    const { rates } = await ledger.rates(row.userId);
    return rates.some(({ id, state }) => id === row.rateId && state === 'suspended');
  }

  async function adjust(leased: ServerRow): Promise<void> {
    try {
      let row: ServerRow | null = leased;
      for (let round = 0; round < ROUNDS_MAX && row?.status === 'running' && row.panelId !== null; round += 1) {
        const wanted = await readWanted(row);
        if (wanted === row.suspended) return;
        await (wanted ? provisioner.suspend(row.panelId) : provisioner.unsuspend(row.panelId));
        await rows.setSuspended(row, wanted);
        row = await rows.find(row.userId, row.id);
      }
    } catch (error) {
      onWarning(`Server ${leased.id} is not suspended or resumed at the panel yet.`, error);
    } finally {
      await rows.endLease(leased);
    }
  }

  async function settle(row: ServerRow): Promise<void> {
    const leased = await rows.takeLease(row);
    if (leased !== null) return adjust(leased);
    if (!isListening()) return;
    changed.add(row.userId);
    retry ??= setTimeout(() => {
      retry = undefined;
      work();
    }, RETRY_MS);
    retry.unref();
  }

  async function look(userIds: readonly string[]): Promise<void> {
    const charged = await rows.listCharged(userIds);
    for (const row of charged) if ((await readWanted(row)) !== row.suspended) await settle(row);
  }

  function work(): void {
    working ??= (async () => {
      while (changed.size > 0 && isListening()) {
        const some = [...changed].slice(0, ACCOUNTS_MAX);
        for (const account of some) changed.delete(account);
        await look(some);
        if (retry !== undefined) return;
      }
    })()
      .catch((error: unknown) => onWarning('Servers were not looked at; the next sweep does.', error))
      .finally(() => {
        working = null;
      });
  }

  return Object.freeze({
    start() {
      stopListening ??= ledger.onChange((accounts) => {
        for (const account of accounts) if (!account.startsWith('system:')) changed.add(account);
        work();
      });
    },
    async stop() {
      stopListening?.();
      stopListening = null;
      clearTimeout(retry);
      retry = undefined;
      await working;
    },
    settle,
    async sweep() {
      const running = await rows.takeRunning(SWEEP_MAX);
      for (const row of running) await adjust(row);
      return running.length;
    },
  });
}
