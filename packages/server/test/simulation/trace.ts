/** What happened, one line each: virtual time, what, and the number of a tab whenever it changed. */
import { selectShown, type CreditsState } from '../../../credits/src/sync/number/view.ts';

export interface Trace {
  readonly lines: readonly string[];
  log(what: string): void;
  /** Notes what a tab shows, when it differs from what it showed before. */
  show(name: string, state: CreditsState): void;
}

export function createTrace(kept: boolean, now: () => number): Trace {
  const lines: string[] = [];
  const shown = new Map<string, string>();

  function add(what: string): void {
    lines.push(`${String(now()).padStart(8)}  ${what}`);
  }

  return {
    lines,
    log: kept ? add : () => undefined,
    show(name, state) {
      const { confirmed, pending, connection, stale, account } = state;
      const epoch = confirmed?.epoch?.slice(-2) ?? '-';
      const line = [
        name.padEnd(6),
        (account ?? 'nobody').padEnd(7),
        `shows ${String(selectShown(state) ?? 'nothing').padStart(8)}`,
        `version ${String(confirmed?.version ?? '-').padStart(3)} of epoch ${epoch}`,
        `${connection.state}${stale ? ', stale' : ''}`.padEnd(17),
        pending.map(({ reason, delta, state: how }) => `${reason} ${delta} ${how}`).join(', '),
      ].join('  ');
      if (shown.get(name) === line) return;
      shown.set(name, line);
      add(`                      ${line}`.trimEnd());
    },
  };
}
