'use client';

/** Why signing in, up, or a change of password was refused: a sentence for the person, and for how long to wait. */
export interface AuthRefusal {
  message: string;
  /** The field that the sentence is about. */
  field?: 'email' | 'password' | 'name' | 'current' | 'code';
  /** Set when too many tries were made. */
  retryAfterMs?: number;
}

/** Null when it worked. */
export type AuthResult = AuthRefusal | null;

const OFFLINE: AuthRefusal = { message: 'The server could not be reached. Check your connection and try again.' };
const RETRY_AFTER_MS = 60_000;

/** Signs in; the session is a cookie that scripts cannot read. `code`: the password is right, and a code is owed. */
export async function signIn(email: string, password: string): Promise<AuthResult | 'code'> {
  const { refused, data } = await ask<{ twoFactorRedirect?: boolean }>('/sign-in/email', { email, password });
  return refused === null && data.twoFactorRedirect === true ? 'code' : refused;
}

/** Signs in with the code that is owed: of the authenticator app, or one of the backup codes. */
export function signInWithCode(code: string, kind: 'totp' | 'backup'): Promise<AuthResult> {
  return kind === 'totp' ? confirmSecondFactor(code) : post('/two-factor/verify-backup-code', { code });
}

/**
 * Creates an account and signs in. Who invited is known to the server by its own cookie, set when the link was opened.
 *
 * The server does not say whether the address had an account: only its owner can sign in to it.
 */
export async function signUp(name: string, email: string, password: string): Promise<AuthResult> {
  const refused = await post('/sign-up/email', { name, email, password });
  if (refused !== null) return refused;
  const signedIn = await signIn(email, password);
  if (signedIn !== 'code' && signedIn?.field !== 'password') return signedIn;
  return { message: 'You may have an account with this address already. Sign in with its password.', field: 'email' };
}

/** Changes the password and ends every other session. */
export function changePassword(currentPassword: string, newPassword: string): Promise<AuthResult> {
  return post('/change-password', { currentPassword, newPassword, revokeOtherSessions: true });
}

/** Ends every session but this one. */
export function revokeOtherSessions(): Promise<AuthResult> {
  return post('/revoke-other-sessions', {});
}

/** Asks for a link to set a new password. It works the same whether or not the address has an account. */
export function requestPasswordReset(email: string): Promise<AuthResult> {
  return post('/request-password-reset', { email });
}

/** Sets a new password by the token of a link, and ends every session. */
export function resetPassword(token: string, newPassword: string): Promise<AuthResult> {
  return post('/reset-password', { token, newPassword });
}

/** Has the link that confirms the address sent again. */
export function sendVerificationEmail(): Promise<AuthResult> {
  return post('/send-verification-email', {});
}

/** Confirms an address by the token of a link. */
export function verifyEmail(token: string): Promise<AuthResult> {
  return post('/verify-email', { token });
}

/** Asks for another address, which has to be confirmed. */
export function changeEmail(newEmail: string, password: string): Promise<AuthResult> {
  return post('/change-email', { newEmail, password });
}

/** Goes to where the person has an account. They come back signed in, at this path of ours. */
export async function signInElsewhere(provider: string, next: string): Promise<AuthResult> {
  return leave(await ask<{ url: string }>('/sign-in/social', { provider, next }));
}

/** Goes to where the person has an account. They come back to the settings, and it signs them in from then on. */
export async function linkElsewhere(provider: string, password: string): Promise<AuthResult> {
  return leave(await ask<{ url: string }>('/link-social', { provider, password }));
}

function leave({ refused, data }: AuthOutcome<{ url: string }>): AuthResult {
  if (refused === null) window.location.assign(data.url);
  return refused;
}

/** What an authenticator app is set up with, and the codes for when it is lost. */
export interface SecondFactor {
  totpURI: string;
  backupCodes: string[];
}

/** Begins to set up a second factor. It is on once {@link confirmSecondFactor} was given a code of it. */
export function beginSecondFactor(password: string): Promise<AuthOutcome<SecondFactor>> {
  return ask('/two-factor/enable', { password });
}

export function confirmSecondFactor(code: string): Promise<AuthResult> {
  return post('/two-factor/verify-totp', { code: code.replaceAll(/\s/g, '') });
}

export function endSecondFactor(password: string): Promise<AuthResult> {
  return post('/two-factor/disable', { password });
}

/** Makes new backup codes. The ones before work no more. */
export function renewBackupCodes(password: string): Promise<AuthOutcome<Pick<SecondFactor, 'backupCodes'>>> {
  return ask('/two-factor/generate-backup-codes', { password });
}

/** Sends to an endpoint of better-auth. Null when it worked. */
export async function post(path: string, body: object): Promise<AuthResult> {
  return (await ask(path, body)).refused;
}

/** What a request brought, or why it was refused. */
export type AuthOutcome<Data> = { refused: AuthRefusal; data: null } | { refused: null; data: Data };

interface AuthFailure {
  code?: string;
  message?: string;
  /** What our own checks say of each field. */
  errors?: { path: string; message: string }[];
}

/** Sends to an endpoint of better-auth. Resolves to what it answered. */
export async function ask<Data>(path: string, body: object): Promise<AuthOutcome<Data>> {
  try {
    const response = await fetch(`/api/auth${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer: unknown = await response.json().catch(() => null);
    if (response.ok) return { refused: null, data: answer as Data };
    return { refused: toRefusal(response, answer ?? {}), data: null };
  } catch {
    return { refused: OFFLINE, data: null };
  }
}

function toRefusal({ status, headers }: Response, { code, message, errors }: AuthFailure): AuthRefusal {
  if (status === 429 && code !== 'ACCOUNT_TEMPORARILY_LOCKED') {
    const seconds = Number(headers.get('x-retry-after') ?? headers.get('retry-after') ?? Number.NaN);
    const retryAfterMs = Number.isFinite(seconds) ? Math.max(1, seconds) * 1_000 : RETRY_AFTER_MS;
    return { message: 'Too many tries.', retryAfterMs };
  }
  return toFieldRefusal(errors) ?? toCodeRefusal(code, message, status);
}

function toFieldRefusal(errors: { path: string; message: string }[] | undefined): AuthRefusal | null {
  const first = errors?.[0];
  if (first?.path === 'name') return { message: `A display name ${first.message}.`, field: 'name' };
  if (first?.path === 'email' || first?.path === 'newEmail')
    return { message: `This address ${first.message}.`, field: 'email' };
  return null;
}

function toCodeRefusal(code: string | undefined, message: string | undefined, status: number): AuthRefusal {
  switch (code) {
    case 'INVALID_EMAIL_OR_PASSWORD':
      return { message: 'E-mail or password is not right.', field: 'password' };
    case 'INVALID_EMAIL':
      return { message: 'This is not an e-mail address.', field: 'email' };
    case 'PASSWORD_TOO_SHORT':
      return { message: 'The password needs at least 8 characters.', field: 'password' };
    case 'PASSWORD_TOO_LONG':
      return { message: 'The password may have at most 128 characters.', field: 'password' };
    case 'INVALID_TOKEN':
    case 'TOKEN_EXPIRED':
      return { message: 'This link was used already, or is too old. Ask for another one.' };
    case 'INVALID_USER':
      return { message: 'You are signed in to another account. Sign out, then open the link again.' };
    case 'INVALID_CODE':
    case 'INVALID_BACKUP_CODE':
      return { message: 'This code is not right.', field: 'code' };
    case 'INVALID_TWO_FACTOR_COOKIE':
    case 'TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE':
      return { message: 'That was too late, or too often. Sign in again.' };
    case 'ACCOUNT_TEMPORARILY_LOCKED':
      return { message: 'There were too many wrong codes for this account. Try again in a quarter of an hour.' };
    case 'INVALID_PASSWORD':
      return { message: 'The current password is not right.', field: 'current' };
    case 'PASSKEY_REFUSED':
      return { message: 'This passkey cannot be used here. Use another way to sign in.' };
    case 'BANNED_USER':
      return { message: 'This account is closed. Ask the people who run this dashboard.' };
    default:
      return { message: message ?? `The server answered ${status}. Try again.` };
  }
}
