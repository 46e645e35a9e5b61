/** A running process settles within a second, and another one takes over within a minute. */
const LATE_MS = 10_000;

/** Whether something is late on an instant's clock. */
export function isLate(due: string | null, at: string): boolean {
  return due !== null && Date.parse(at) - Date.parse(due) > LATE_MS;
}
