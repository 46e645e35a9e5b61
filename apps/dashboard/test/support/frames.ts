import type { APIRequestContext, Page } from '@playwright/test';
import type { HistoryPage } from 'realtime-credits';

/**
 * What the header's digits really looked like on every animation frame, and the oracle for it: every number is explainable.
 *
 * The digits roll: each place of the number is a column that turns from one digit to the next. What is painted between
 * two numbers is therefore read column by column, from the animation itself, and at rest from the digits that stand there.
 */

/** One place of the number. */
export interface Column {
  /** 0 for the ones. */
  place: number;
  /** The digit that it rolls to, or stands at. */
  digit: number;
  /** How far it still is from there, in digits: negative on the way up, positive on the way down. */
  away: number;
}

/** The panel's own words in the same frame. */
export interface Equation {
  confirmed: number | null;
  pending: number;
  shown: number | null;
}

/** A command that this browser gave. */
export interface OwnOperation {
  delta: number;
  /** The first version that contains it; `Infinity` for one that was refused. */
  containedIn: number;
}

/** One animation frame. */
export interface Frame {
  /** Wall-clock milliseconds, of the same clock as the test's. */
  at: number;
  /** The numbers that the page committed since the frame before, and last the one of this frame; null for none. */
  targets: (number | null)[];
  columns: Column[];
  /** What stands there in digits; null while any of them rolls, or where no digit is drawn yet. */
  standing: string | null;
  /** Null on a page without the devtools panel. */
  equation: Equation | null;
}

/**
 * Writes down every animation frame from now on that differs from the one before, also across navigations.
 *
 * @returns A function that reads the frames so far. Two more frames pass first: they paint what is in the document.
 */
export async function recordFrames(page: Page): Promise<() => Promise<Frame[]>> {
  await page.addInitScript(startRecording);
  await page.evaluate(startRecording);
  return () =>
    page.evaluate(async () => {
      for (let frames = 0; frames < 2; frames += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
      return (window as unknown as { paintedFrames: Frame[] }).paintedFrames;
    });
}

/** The same for a tab that the runner does not drive: run the script in it first, and evaluate what reads the frames. */
export const FRAMES = {
  script: `(${startRecording.toString()})()`,
  read: 'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(window.paintedFrames))))',
};

/** Runs in the page. */
function startRecording(): void {
  const host = window as unknown as { paintedFrames?: Frame[] };
  if (host.paintedFrames !== undefined) return;
  const frames: Frame[] = [];
  host.paintedFrames = frames;
  let targets: (number | null)[] = [];
  let last = '';

  const parse = (text: string | null | undefined): number | null => {
    const digits = (text ?? '').replace('−', '-').replaceAll(/[^\d-]/g, '');
    return digits === '' ? null : Number(digits);
  };
  const find = (): Element | null => document.querySelector('header [data-variant="prominent"] [data-credits-number]');
  const readTarget = (): void => {
    const target = parse(find()?.textContent);
    if (targets.at(-1) !== target) targets.push(target);
  };
  const readTerm = (name: string): number | null => parse(document.querySelector(`[data-term="${name}"]`)?.textContent);

  const record = (): void => {
    readTarget();
    const root = document.querySelector('header [data-variant="prominent"] [data-animated]')?.shadowRoot ?? null;
    const digits = [...(root?.querySelectorAll('[part~="integer-digit"]:not([inert])') ?? [])].toReversed();
    const columns = digits.map((digit, place) => ({
      place,
      digit: Number((digit as HTMLElement).style.getPropertyValue('--current')),
      away: Number(getComputedStyle(digit).getPropertyValue('--_number-flow-d')) || 0,
    }));
    const isRolling = (root?.getAnimations().length ?? 0) > 0;
    const seen = digits.toReversed().map((digit) =>
      [...digit.querySelectorAll('.digit__num')]
        .filter((number) => getComputedStyle(number).display !== 'none')
        .map((number) => number.textContent)
        .join('|'),
    );
    const equation =
      document.querySelector('[data-term]') === null
        ? null
        : { confirmed: readTerm('confirmed'), pending: readTerm('pending') ?? 0, shown: readTerm('shown') };
    const frame = { targets, columns, standing: isRolling || seen.length === 0 ? null : seen.join(''), equation };
    const text = JSON.stringify(frame);
    if (text !== last) frames.push({ at: performance.timeOrigin + performance.now(), ...frame });
    last = text;
    targets = targets.slice(-1);
    requestAnimationFrame(record);
  };
  new MutationObserver(readTarget).observe(document, { subtree: true, childList: true, characterData: true });
  requestAnimationFrame(record);
}

/** What the ledger says happened: `available` at each version, oldest first, and what the account's holder did. */
export async function readLedger(request: APIRequestContext): Promise<{
  available: number[];
  operations: OwnOperation[];
}> {
  const answer = await request.get('/api/credits/history?limit=100');
  if (!answer.ok()) throw new Error(`The history was answered ${answer.status()}: ${await answer.text()}`);
  const { entries, next } = (await answer.json()) as HistoryPage;
  if (next !== null) throw new Error('This oracle reads one page of the history: 100 versions.');
  const available = [0];
  const operations: OwnOperation[] = [];
  for (const { after, actor, account } of entries.toReversed()) {
    const delta = after.available - (available.at(-1) ?? 0);
    if (actor === account && delta !== 0) operations.push({ delta, containedIn: available.length });
    available.push(after.available);
  }
  return { available, operations };
}

/** A column is measured from a running animation: this is what rounding may add to it. */
const ROUNDING = 0.001;

/**
 * What no rule explains about these frames, one sentence each; empty when all is well.
 *
 * - Standing digits spell the number that was committed.
 * - A rolling column is between its digit in the number before and the one after, on the way that the change goes.
 * - Beside the panel: painted = confirmed + pending (not below 0), confirmed is the ledger at a version that only moves
 *   forward, and pending is the sum of some own operations that are not in it.
 *
 * @param available - What the ledger's `available` was at each version, oldest first.
 */
export function findUnexplainedFrames(
  frames: readonly Frame[],
  available: readonly number[],
  operations: readonly OwnOperation[],
): string[] {
  const complaints = new Set<string>();
  const sums = available.map((_, version) => sumUp(operations.filter(({ containedIn }) => containedIn > version)));
  let version = 0;
  let ways: { from: number | null; to: number | null }[] = [];
  let current: number | null = null;

  /** Moves on to the first version that explains a number, and says so when there is none. */
  function explain(what: string, isExplainedBy: (confirmed: number, pending: ReadonlySet<number>) => boolean): void {
    const found = available.findIndex(
      (confirmed, index) => index >= version && isExplainedBy(confirmed, sums[index] ?? new Set()),
    );
    if (found === -1) complaints.add(`${what} is not explained by any version from ${version} on.`);
    else version = found;
  }

  for (const { targets, columns, standing, equation } of frames) {
    for (const target of targets) {
      if (target !== current) ways.push({ from: current, to: target });
      current = target;
    }
    const painted = current;
    if (standing !== null && painted !== null && standing !== String(painted)) {
      complaints.add(`The digits ${standing} stand where ${painted} was committed.`);
    }
    for (const column of painted === null ? [] : columns) {
      if (!isOnItsWay(column, ways)) {
        complaints.add(`The place ${column.place} of ${painted} is ${column.away} from its digit ${column.digit}.`);
      }
    }
    if (standing !== null) ways = [];
    if (equation === null) {
      if (painted === null) continue;
      explain(`${painted}`, (confirmed, pending) =>
        [...pending].some((sum) => Math.max(0, confirmed + sum) === painted),
      );
      continue;
    }
    const { confirmed, pending, shown } = equation;
    if (shown !== (confirmed === null ? null : confirmed + pending)) {
      complaints.add(`${shown} is shown for ${confirmed} + ${pending}.`);
    }
    if (painted !== null && shown !== null && painted !== Math.max(0, shown)) {
      complaints.add(`${painted} is painted for ${shown}.`);
    }
    if (confirmed === null) continue;
    explain(
      `${confirmed} + ${pending}`,
      (balance, sumsOfPending) => balance === confirmed && sumsOfPending.has(pending),
    );
  }
  return [...complaints];
}

/** Every sum that some of these operations have. */
function sumUp(operations: readonly OwnOperation[]): ReadonlySet<number> {
  return operations.reduce(
    (sums, { delta }) => new Set([...sums, ...[...sums].map((sum) => sum + delta)]),
    new Set([0]),
  );
}

/** Several changes in a row add up: the column is within the way of all of them together. */
function isOnItsWay({ place, away }: Column, ways: readonly { from: number | null; to: number | null }[]): boolean {
  let up = 0;
  let down = 0;
  for (const { from, to } of ways) {
    if (from === null || to === null) continue;
    const before = Math.floor(from / 10 ** place) % 10;
    const after = Math.floor(to / 10 ** place) % 10;
    // A column turns the way the number goes, past 9 or 0 where it must.
    if (to > from) up += (after - before + 10) % 10;
    else down += (before - after + 10) % 10;
  }
  return away >= -up - ROUNDING && away <= down + ROUNDING;
}
