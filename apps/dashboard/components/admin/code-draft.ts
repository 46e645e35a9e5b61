import type { Translator } from '@/i18n/translator';
import type { AdminCode } from '@/lib/admin-api';

/** A code as the form has it: texts, and instants in the reader's own zone. */
export interface CodeDraft {
  code: string;
  amount: string;
  uses: string;
  starts_at: string;
  ends_at: string;
  note: string;
  reason: string;
}

export type CodeProblems = Partial<Record<keyof CodeDraft, string>>;

export function toDraft(code: AdminCode | undefined): CodeDraft {
  return {
    code: code?.code ?? '',
    amount: code === undefined ? '' : String(code.amount),
    uses: code === undefined ? '' : String(code.uses_max),
    starts_at: code === undefined ? '' : toLocal(code.starts_at),
    ends_at: code === undefined || code.ends_at === null ? '' : toLocal(code.ends_at),
    note: code?.note ?? '',
    reason: '',
  };
}

/** What the server would refuse, in words for the field. */
export function checkDraft(
  draft: CodeDraft,
  known: AdminCode | undefined,
  t: Translator<'admin-codes.wrong'>,
): CodeProblems {
  const problems: CodeProblems = {};
  const text = draft.code.replaceAll(/[\s-]/g, '');
  if (text !== '' && !/^[A-Za-z0-9]{4,24}$/.test(text)) problems.code = t('code');
  if (parseWhole(draft.amount) === null) problems.amount = t('amount');
  const uses = parseWhole(draft.uses);
  if (uses === null) problems.uses = t('uses');
  else if (known !== undefined && uses < known.uses) problems.uses = t('used', { count: known.uses });
  const start = draft.starts_at === '' ? new Date() : new Date(draft.starts_at);
  if (known !== undefined && draft.starts_at === '') problems.starts_at = t('start');
  else if (draft.ends_at !== '' && new Date(draft.ends_at) <= start) {
    problems.ends_at = t('end');
  }
  return problems;
}

/** What a draft says to the server; of a known code, only what is different. */
export function toBody(draft: CodeDraft, known: AdminCode | undefined): Record<string, unknown> {
  const terms = {
    amount: parseWhole(draft.amount),
    uses: parseWhole(draft.uses),
    note: draft.note.trim(),
    starts_at: draft.starts_at === '' ? null : new Date(draft.starts_at).toISOString(),
    ends_at: draft.ends_at === '' ? null : new Date(draft.ends_at).toISOString(),
  };
  if (known === undefined) {
    return { ...terms, ...(draft.code.trim() === '' ? {} : { code: draft.code.trim() }) };
  }
  // The form knows no seconds: an instant that was left alone stays exactly as it is.
  const before = toDraft(known);
  const names = ['amount', 'uses', 'note', 'starts_at', 'ends_at'] as const;
  const changed = names.filter((name) => draft[name] !== before[name]).map((name) => [name, terms[name]]);
  return { ...Object.fromEntries(changed), reason: draft.reason.trim() };
}

export function parseWhole(text: string): number | null {
  const value = /^\d{1,9}$/.test(text.trim()) ? Number(text.trim()) : 0;
  return value > 0 ? value : null;
}

/** As inputs for a date and a time have it: `2026-11-22T18:30`. */
function toLocal(iso: string): string {
  const at = new Date(iso);
  const pad = (part: number) => String(part).padStart(2, '0');
  const day = `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
  return `${day}T${pad(at.getHours())}:${pad(at.getMinutes())}`;
}
