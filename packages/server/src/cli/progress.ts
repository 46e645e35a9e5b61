import type { Terminal } from './terminal.ts';

/** How far a long piece of work is. Total is null while nobody knows. */
export interface Step {
  what: string;
  done: number;
  total: number | null;
}

export interface Progress {
  update(step: Step): void;
  /** Ends the line that the bar stands on. */
  end(): void;
}

const BAR_WIDTH = 24;

/** Without a bar, a line stands for so many rows of a work whose end nobody knows. */
const ROWS_PER_LINE = 100_000;

/** A bar where somebody watches, otherwise a line for each tenth. */
export function createProgress(terminal: Terminal): Progress {
  let last = '';
  let isBarShown = false;
  return Object.freeze({
    update({ what, done, total: expected }: Step) {
      const total = expected === null || expected === 0 ? expected : Math.max(expected, done);
      const share = total === null || total === 0 ? null : done / total;
      const count = total === null ? format(done) : `${format(done)} of ${format(total)}`;
      if (terminal.isInteractive) {
        const filled = Math.floor((share ?? 0) * BAR_WIDTH);
        const bar = share === null ? '' : `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} `;
        terminal.overwrite(`${what} ${bar}${count}`);
        isBarShown = true;
        return;
      }
      const mark = `${what} ${share === null ? Math.floor(done / ROWS_PER_LINE) : Math.floor(share * 10)}`;
      if (mark === last || (share === null && done < ROWS_PER_LINE)) return;
      last = mark;
      terminal.report(`${what} ${count}`);
    },
    end() {
      if (isBarShown) terminal.report('');
      isBarShown = false;
    },
  });
}

/** Groups digits, as people read them. */
export function format(count: number): string {
  return count.toLocaleString('en-US');
}
