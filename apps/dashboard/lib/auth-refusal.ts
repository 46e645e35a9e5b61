import type { PageMessages } from '@/i18n/areas';

/** Why signing in, up, or a change of password was refused, and for how long to wait. */
export interface AuthRefusal {
  /** A text of `auth.refusals`, or what the server said that has none there. */
  reason: keyof PageMessages['auth']['refusals'] | { code: string | undefined; message: string };
  /** What the server says of the field, in English. */
  issue?: string;
  /** What the server answered, when it said nothing. */
  status?: number;
  /** The field that it is about. */
  field?: 'email' | 'password' | 'name' | 'current' | 'code';
  /** Set when too many tries were made. */
  retryAfterMs?: number;
}

const RETRY_AFTER_MS = 60_000;

/** What an endpoint of better-auth answers that refuses. */
export interface AuthFailure {
  code?: string;
  message?: string;
  /** What our own checks say of each field. */
  errors?: { path: string; message: string }[];
}

/** Why an endpoint of better-auth refused. */
export function toAuthRefusal({ status, headers }: Response, { code, message, errors }: AuthFailure): AuthRefusal {
  if (status === 429 && code !== 'ACCOUNT_TEMPORARILY_LOCKED') {
    const seconds = Number(headers.get('x-retry-after') ?? headers.get('retry-after') ?? Number.NaN);
    const retryAfterMs = Number.isFinite(seconds) ? Math.max(1, seconds) * 1_000 : RETRY_AFTER_MS;
    return { reason: 'tooMany', retryAfterMs };
  }
  return toFieldRefusal(errors) ?? toCodeRefusal(code, message, status);
}

function toFieldRefusal(errors: { path: string; message: string }[] | undefined): AuthRefusal | null {
  const first = errors?.[0];
  if (first?.path === 'name') return { reason: 'name', issue: first.message, field: 'name' };
  if (first?.path === 'email' || first?.path === 'newEmail')
    return { reason: 'address', issue: first.message, field: 'email' };
  return null;
}

function toCodeRefusal(code: string | undefined, message: string | undefined, status: number): AuthRefusal {
  switch (code) {
    case 'INVALID_EMAIL_OR_PASSWORD':
      return { reason: 'wrongSignIn', field: 'password' };
    case 'INVALID_EMAIL':
      return { reason: 'notAnAddress', field: 'email' };
    case 'PASSWORD_TOO_SHORT':
      return { reason: 'shortPassword', field: 'password' };
    case 'PASSWORD_TOO_LONG':
      return { reason: 'longPassword', field: 'password' };
    case 'INVALID_TOKEN':
    case 'TOKEN_EXPIRED':
      return { reason: 'usedLink' };
    case 'INVALID_USER':
      return { reason: 'otherAccount' };
    case 'INVALID_CODE':
    case 'INVALID_BACKUP_CODE':
      return { reason: 'wrongCode', field: 'code' };
    case 'INVALID_TWO_FACTOR_COOKIE':
    case 'TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE':
      return { reason: 'tooLate' };
    case 'ACCOUNT_TEMPORARILY_LOCKED':
      return { reason: 'locked' };
    case 'INVALID_PASSWORD':
      return { reason: 'wrongPassword', field: 'current' };
    case 'PASSKEY_REFUSED':
      return { reason: 'passkeyRefused' };
    case 'BANNED_USER':
      return { reason: 'banned' };
    default:
      return message === undefined ? { reason: 'answered', status } : { reason: { code, message } };
  }
}
