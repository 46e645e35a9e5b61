import { useTranslations } from 'next-intl';

import { useIssue } from '@/components/auth/use-issue';
import { useRefusal } from '@/components/i18n/use-refusal';
import type { AuthRefusal } from '@/lib/auth-client';

/** Writes why something was refused. The page has the areas `auth` and `errors`. */
export function useRefusalText(): (refusal: AuthRefusal) => string {
  const t = useTranslations('auth.refusals');
  const toIssue = useIssue();
  const toText = useRefusal();
  return ({ reason, issue = '', status = 0 }) =>
    typeof reason === 'string' ? t(reason, { issue: toIssue(issue), status }) : toText(reason);
}

/** What a form shows of its refusal: beside a field, or of the form as a whole. */
export function useShownRefusal(refusal: AuthRefusal | null): {
  fieldError: (field: AuthRefusal['field']) => string | undefined;
  message: string | undefined;
} {
  const toText = useRefusalText();
  const fieldError = (field: AuthRefusal['field']) =>
    refusal !== null && refusal.field === field ? toText(refusal) : undefined;
  return { fieldError, message: fieldError(undefined) };
}
